"""The configuration of Sphinx, for `sphinx-build docs docs/_build`."""

import re
from importlib.metadata import version as version_of

import click
from sphinx.application import Sphinx

project = "Camus"
author = "the Camus contributors"
version = release = version_of("camus-signaling")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_click"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_static_path = ["static"]
html_css_files = ["options.css"]
html_show_copyright = False
html_title = f"Camus {version}"

myst_heading_anchors = 3

default_role = "literal"  # docstrings write `code` as Markdown does
smartquotes_action = "qe"  # quotes and ellipses; dashes would spoil --options in help texts
add_module_names = False
python_use_unqualified_type_names = True
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
napoleon_use_ivar = True


def setup(app: Sphinx) -> None:
    """Connect the functions below to the events of the extensions."""
    keep_texts_of_constants(app)
    app.connect("sphinx-click-process-options", complete_options)
    app.add_event("sphinx-click-process-envars")  # so misspelt is what sphinx-click 6 emits
    app.connect("sphinx-click-process-envars", omit)


def keep_texts_of_constants(app: Sphinx) -> None:
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


def complete_options(app: Sphinx, context: click.Context, lines: list[str]) -> None:
    """Add the environment variable of each option, which sphinx-click doesn't know.

    Placeholders become those of `--help`, and defaults lose the quotes of Python.
    """
    prefix = context.find_root().command.context_settings["auto_envvar_prefix"]
    prefix = "_".join([prefix, *context.command_path.split()[1:]])
    options = [one for one in context.command.params if isinstance(one, click.Option)]
    blocks = "\n".join(lines).split(".. option::")[1:]
    lines.clear()
    for option, block in zip(options, blocks, strict=True):
        placeholder = option.make_metavar(context).strip("[]")
        text = block.rstrip().replace(f"<{option.name}>", f"<{placeholder}>")
        text = re.sub(r":default: ``'(.*)'``", r":default: ``\1``", text)
        variable = option.envvar
        if variable is None and option.allow_from_autoenv:
            variable = f"{prefix}_{option.name}".upper()
        if variable:
            text += f"\n\n    :variable: ``{variable}``"
        lines += [*f".. option::{text}".splitlines(), ""]


def omit(app: Sphinx, context: click.Context, lines: list[str]) -> None:
    """Omit a part of a command's description."""
    lines.clear()
