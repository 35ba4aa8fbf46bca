"""What a server is told when it starts: where it listens, and how much it takes."""

from __future__ import annotations

from dataclasses import dataclass

#: Hosts that are this machine itself.
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_MIB = 2**20
#: Bytes of an address with its headers: the state of a page stands in it, pasted tables included.
LONGEST_ADDRESS = 65_536
#: Draws of uncertain inputs that are made without being asked for: more of them fill the memory.
MOST_DRAWS = 16_384


@dataclass(frozen=True, slots=True)
class Settings:
    """Where a server listens, and its limits.

    The limits are costcurve's choice: the largest honest request is a table of a few thousand rows,
    and no answer takes seconds.

    Attributes
    ----------
    host : str
        The address or name that it listens on.
    port : int
        The port, 1 to 65535.
    body_bytes : int
        Largest body of a request.
    upload_bytes : int
        Largest body of a form with a file in it.
    rows : int
        Most rows of a table, and most values of a list.
    draws : int
        Most draws of uncertain inputs.
    seconds : float
        Longest time that a request may take, its body included.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    body_bytes: int = 2 * _MIB
    upload_bytes: int = _MIB
    rows: int = 10_000
    draws: int = MOST_DRAWS
    seconds: float = 10.0

    @property
    def authority(self) -> str:
        """The host and port as they stand in an address."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    def authorities(self) -> frozenset[str]:
        """Return every host and port that a browser may reach the server by, in small letters."""
        found = {f"{name}:{self.port}" for name in LOOPBACK} | {self.authority.casefold()}
        # Browsers leave the port of http out.
        standard = {name.removesuffix(":80") for name in found if self.port == 80}
        return frozenset(found | standard)
