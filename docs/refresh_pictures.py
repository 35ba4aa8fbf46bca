"""Remake the pictures of a report and of a workbook that the documentation shows.

Needs LibreOffice (`soffice`) and poppler (`pdftoppm`) beside the extras `excel` and `pdf`.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
IMAGES = PROJECT / "docs" / "images"
#: What is shown: the command, the kind of file, the page of it, and the picture's name and width.
PICTURES = (
    (("worth", "examples/worth_defects.toml"), "pdf", 1, "report-page", 760),
    (("worth", "examples/worth_defects.toml"), "xlsx", 8, "workbook-sensitivity", 900),
)


def main() -> int:
    """Make every picture anew."""
    missing = [name for name in ("soffice", "pdftoppm") if shutil.which(name) is None]
    if missing:
        sys.stderr.write(f"missing: {', '.join(missing)}\n")
        return 1
    for words, kind, page, name, width in PICTURES:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"shown.{kind}"
            run(sys.executable, "-m", "costcurve", *words, f"--{kind}", str(path))
            if kind == "xlsx":
                run("soffice", "--headless", "--convert-to", "pdf", "--outdir", folder, str(path))
                path = path.with_suffix(".pdf")
            pages = ("-f", str(page), "-l", str(page), "-singlefile")
            size = ("-scale-to-x", str(width), "-scale-to-y", "-1")
            run("pdftoppm", "-png", *pages, *size, str(path), str(IMAGES / name))
    return 0


def run(*words: str) -> None:
    """Run a program that must succeed."""
    subprocess.run(words, check=True, capture_output=True, cwd=PROJECT)  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
