"""`costcurve serve`: the web app and the JSON API, on this machine."""

from __future__ import annotations

import signal
import socket
from argparse import Namespace
from typing import TYPE_CHECKING, Any

from costcurve.core.errors import Finding, InputError, MissingExtraError, shown
from costcurve.faces.cli.arguments import Command, Parser
from costcurve.faces.cli.output import print_text

if TYPE_CHECKING:
    from types import FrameType

#: Where the server listens if it is not told.
PORT, HOST = 8000, "127.0.0.1"
_LARGEST_PORT = 65535
#: Seconds that requests have to end after Ctrl-C.
_GRACE_S = 1
#: Most requests at once, which with the limit of a body bounds the memory; costcurve's choice.
_MOST_AT_ONCE = 256
_WAITING_CONNECTIONS = 128
_ALLOWED_HOST = "must be an address of this machine, such as 127.0.0.1"


def _parser() -> Parser:
    parser = Parser(
        "serve",
        "Serve the web app and the JSON API on this machine, until Ctrl-C. Nobody else can reach "
        "them unless --host says so; there is no log-in.",
    )
    parser.value("port", f"The port, or 0 for any that is free. Default: {PORT}.")
    parser.value("host", f"The address to listen on. Default: {HOST}.")
    parser.switch("no-browser", "Open no browser.")
    return parser


def serve(arguments: Namespace) -> None:
    """Serve the web app and the JSON API."""
    port = _port(arguments.port)
    try:
        import uvicorn  # noqa: PLC0415 - an extra

        from costcurve.faces.web.app import Settings, create_app  # noqa: PLC0415
        from costcurve.faces.web.settings import LONGEST_ADDRESS  # noqa: PLC0415
    except ImportError:
        raise MissingExtraError("the web app", "web") from None
    host = HOST if arguments.host is None else arguments.host.strip("[]")
    with _listening(host, port) as listener:
        settings = Settings(host=host, port=listener.getsockname()[1])
        config = uvicorn.Config(
            create_app(settings),
            log_level="warning",
            access_log=False,
            server_header=False,
            ws="none",
            proxy_headers=False,
            limit_concurrency=_MOST_AT_ONCE,
            h11_max_incomplete_event_size=LONGEST_ADDRESS,
            timeout_graceful_shutdown=_GRACE_S,
        )
        server = uvicorn.Server(config)
        _end_by_signals(server)
        address = f"http://{settings.authority}/"
        print_text(f"costcurve is at {address} (Ctrl-C ends it)", at_once=True)
        if not arguments.no_browser:
            _open_browser(address)
        server.run(sockets=[listener])
    print_text("costcurve has ended.")


def _end_by_signals(server: Any) -> None:
    """Let Ctrl-C end the server, which is the way to end and no failure."""

    def end(*_: int | FrameType | None) -> None:
        server.should_exit = True

    # The server has handlers of its own while it runs, and raises the signal that ended it again.
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, end)


def _port(text: str | None) -> int:
    if text is None:
        return PORT
    if not (text.isascii() and text.isdigit()) or int(text[:6]) > _LARGEST_PORT:
        allowed = f"must be a whole number of at least 0 and at most {_LARGEST_PORT:,}"
        raise InputError.of("port", text, allowed)
    return int(text)


def _listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens; raise InputError if the port is taken or the host is wrong."""
    try:
        if not host:  # would be every address that the machine has
            raise InputError.of("host", host, _ALLOWED_HOST)
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError):
        raise InputError.of("host", host, _ALLOWED_HOST) from None
    listener = socket.socket(family, kind, protocol)
    try:
        # A port that was just left can be taken again; one that is in use cannot.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_WAITING_CONNECTIONS)
    except OSError as error:
        listener.close()
        raise InputError([_finding(error, host, port)]) from None
    return listener


def _finding(error: OSError, host: str, port: int) -> Finding:
    import errno  # noqa: PLC0415 - only here

    if error.errno == errno.EADDRINUSE:
        return Finding("port", str(port), "must be free; another program has it: give --port")
    if error.errno == errno.EACCES:
        return Finding("port", str(port), "must be one that you may use: give one above 1023")
    return Finding("host", shown(host), _ALLOWED_HOST)


def _open_browser(address: str) -> None:
    """Open a browser beside, since finding one may take a while."""
    import threading  # noqa: PLC0415 - only here
    import webbrowser  # noqa: PLC0415

    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()


COMMAND = Command(_parser, serve)
