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
add_module_names = False
python_use_unqualified_type_names = True
autodoc_default_options = {"members": True}
autodoc_inherit_docstrings = False  # each error would repeat that of ProtocolError
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
napoleon_use_ivar = True


def setup(app: Sphinx) -> None:
    """Connect the functions below to the events of the extensions."""
    keep_texts_of_attributes(app)
    app.connect("autodoc-process-signature", shorten_signature)
    app.connect("sphinx-click-process-options", complete_options)
    app.add_event("sphinx-click-process-envars")  # so misspelt is what sphinx-click 6 emits
    app.connect("sphinx-click-process-envars", omit)


def keep_texts_of_attributes(app: Sphinx) -> None:
    """Keep the texts of attributes from Napoleon, for which "a: b" says that a is a type."""
    kept: list[str] = []

    def before(
        app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]
    ) -> None:
        kept[:] = lines

    def after(
        app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]
    ) -> None:
        if what in ("attribute", "data", "property"):
            lines[:] = kept

    app.connect("autodoc-process-docstring", before, priority=400)
    app.connect("autodoc-process-docstring", after, priority=600)


def shorten_signature(
    app: Sphinx,
    what: str,
    name: str,
    obj: object,
    options: object,
    signature: str | None,
    returns: str | None,
) -> tuple[str, str | None] | None:
    """Omit constructors that users don't call, and write defaults from a factory as `...`."""
    if signature is None:
        return None
    of_interface, of_enumeration = "(*args, **kwargs)", "(value)"
    if what == "exception" or signature in (of_interface, of_enumeration):
        return "", returns
    return signature.replace("= NOTHING", "= ..."), returns


def complete_options(app: Sphinx, context: click.Context, lines: list[str]) -> None:
    """Add the environment variable of each option, which sphinx-click doesn't know.

    Placeholders become those of `--help`, defaults lose the quotes of Python, and the names of
    options in help texts become literals, in which no "--" becomes a dash.
    """
    prefix = context.find_root().command.context_settings["auto_envvar_prefix"]
    prefix = "_".join([prefix, *context.command_path.split()[1:]])
    options = [one for one in context.command.params if isinstance(one, click.Option)]
    blocks = "\n".join(lines).split(".. option::")[1:]
    lines.clear()
    for option, block in zip(options, blocks, strict=True):
        names, text = block.rstrip().split("\n", 1)
        placeholder = option.make_metavar(context).strip("[]")
        names = names.replace(f"<{option.name}>", f"<{placeholder}>")
        text = re.sub(r":default: ``'(.*)'``", r":default: ``\1``", text)
        text = re.sub(r"--[a-z][a-z-]*", r"``\g<0>``", text)
        variable = option.envvar
        if variable is None and option.allow_from_autoenv:
            variable = f"{prefix}_{option.name}".upper()
        if variable:
            text += f"\n\n    :variable: ``{variable}``"
        lines += [f".. option::{names}", *text.splitlines(), ""]


def omit(app: Sphinx, context: click.Context, lines: list[str]) -> None:
    """Omit a part of a command's description."""
    lines.clear()
