"""How Sphinx builds the documentation: `sphinx-build docs docs/_build`."""

from importlib.metadata import version as version_of

from sphinx.application import Sphinx

project = "Camus"
author = "the Camus contributors"
version = release = version_of("camus-signaling")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_show_copyright = False
html_title = f"Camus {version}"

myst_heading_anchors = 3

default_role = "literal"  # docstrings write `code` as Markdown does
add_module_names = False
python_use_unqualified_type_names = True
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
napoleon_use_ivar = True


def setup(app: Sphinx) -> None:
    """Keep the texts of constants from Napoleon, for which "a: b" says that a is a type."""
    kept: list[str] = []

    def before(
        app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]
    ) -> None:
        kept[:] = lines

    def after(
        app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]
    ) -> None:
        if what in ("attribute", "data"):
            lines[:] = kept

    app.connect("autodoc-process-docstring", before, priority=400)
    app.connect("autodoc-process-docstring", after, priority=600)
