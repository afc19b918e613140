"""How Sphinx makes the pages: Markdown by MyST, the look by furo, no network."""

from importlib.metadata import version as version_of

project = "lossproof"
author = "The lossproof authors"
version = release = version_of("lossproof")

extensions = ["myst_parser", "sphinx.ext.autodoc"]
exclude_patterns = ["_build"]

myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "none"
autodoc_default_options = {"members": True}

html_theme = "furo"
html_title = f"lossproof {release}"
