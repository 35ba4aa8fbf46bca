"""How Sphinx builds the documentation: `make docs`, without a network."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

from costcurve import __version__

project = "costcurve"
author = "The costcurve developers"
project_copyright = "the costcurve developers, Apache-2.0"
release = version = __version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_gallery.gen_gallery",
    "costcurve_docs",
]
exclude_patterns = ["_build", "_ext", "images", "gallery/*.py", "gallery/*.ipynb"]
# The gallery writes its pages as reStructuredText.
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
root_doc = "index"

myst_heading_anchors = 3
# The command that stands in a block of the console is coloured; what it prints is not.
highlight_language = "text"
# A pair of hyphens begins an option, and stays one.
smartquotes = False

autodoc_typehints = "description"
autodoc_typehints_description_target = "documented_params"
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False

sphinx_gallery_conf = {
    "examples_dirs": "../examples/gallery",
    "gallery_dirs": "gallery",
    "within_subsection_order": "FileNameSortKey",
    "image_scrapers": ("costcurve_docs.gallery.thumbnail",),
    # An answer changes with the library, not only with its script.
    "run_stale_examples": True,
    "reset_modules": (),
    "abort_on_example_error": True,
    # How long it took depends on the machine.
    "show_memory": False,
    "min_reported_time": 1e9,
    "write_computation_times": False,
}

html_theme = "furo"
html_title = f"costcurve {release}"
# No address outside is loaded when a page is read.
html_theme_options = {
    "light_css_variables": {"font-stack": "system-ui, sans-serif"},
    "dark_css_variables": {"font-stack": "system-ui, sans-serif"},
}
html_static_path = ["_static"]
html_css_files = ["tables.css"]
html_copy_source = False
html_show_sourcelink = False
