"""The pictures of the gallery: each script is known by that of its answer.

An answer is shown by itself, as in a notebook. The small picture that the list of scripts needs is
drawn from the same chart.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from costcurve.charts.files import as_svg
from costcurve.faces.notebook import chart_of


def thumbnail(
    _block: tuple[Any, ...], block_vars: dict[str, Any], gallery_conf: dict[str, Any]
) -> str:
    """Draw the chart of a script's answer, once, where sphinx-gallery looks for a small picture.

    Returns
    -------
    str
        Nothing to be shown on the page itself.
    """
    del gallery_conf
    paths = block_vars["image_path_iterator"]
    names = block_vars["example_globals"]
    answer = names.get("___")
    spec = None if len(paths) or answer is None else chart_of(answer)
    if spec is not None:
        Path(next(paths)).with_suffix(".svg").write_text(as_svg(spec), encoding="utf-8")
    return ""
