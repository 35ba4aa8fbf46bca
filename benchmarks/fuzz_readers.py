"""Every way in: a valid file for each reader, and who is asked about it."""

from __future__ import annotations

import fuzz_binaries
import fuzz_images
import fuzz_kept
import fuzz_requests
import fuzz_texts
from fuzz_asked import Reader

#: Kinds of ways in, each a module.
KINDS = (fuzz_texts, fuzz_binaries, fuzz_images, fuzz_kept, fuzz_requests)


def readers() -> list[Reader]:
    """Return every way in."""
    return [reader for kind in KINDS for reader in kind.readers()]
