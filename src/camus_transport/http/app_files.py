"""The browser app over plain HTTP: the files that its build has made, read at the start."""

import hashlib
import re
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

from attrs import evolve

from .handshake import Page, PageHandler
from .request_head import RequestHead, header_lines

_IN_PACKAGE = Path(__file__).parents[1] / "web"
_IN_CHECKOUT = Path(__file__).parents[3] / "examples" / "web" / "dist"

_CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".md": "text/plain; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
"""Not those of `mimetypes`, which asks the machine: some call JavaScript text/plain."""

_PROTECTION = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
        "img-src 'self'; media-src 'self'; connect-src 'self'; manifest-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Permissions-Policy": (
        "camera=(self), microphone=(self), display-capture=(self), "
        "geolocation=(), payment=(), serial=(), usb=()"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

_HASHED = re.compile(r"assets/.+-[\w-]{8}\.\w+")
"""Files whose names change with what is in them, as Vite makes them."""

_SUFFIXES = {"br": ".br", "gzip": ".gz", "identity": ""}
"""The codings that a file may be sent in, best first, and what the build adds to its name."""

_CODING = re.compile(r"([\w-]+)\s*(?:;\s*[qQ]=([01](?:\.\d*)?))?")
_TAG = re.compile(r'"[^"]*"|\*')


def installed() -> Path:
    """Return where the app is, if it is: in this package, or built in this checkout."""
    return _IN_PACKAGE if _IN_PACKAGE.is_dir() else _IN_CHECKOUT


def has_app(folder: Path) -> bool:
    """Return whether a browser app was built in this folder."""
    return (folder / "index.html").is_file()


def app_pages(folder: Path) -> dict[str, PageHandler]:
    """Return what a GET of each path of the app in this folder is answered; empty without it.

    Only the files that are there now are served, whatever a path looks like.
    """
    if not has_app(folder):
        return {}
    return {
        _path(file.relative_to(folder)): partial(_answer, _forms(file, folder))
        for file in folder.rglob("*")
        if file.suffix in _CONTENT_TYPES
    }


def _path(name: Path) -> str:
    return "/" if name.name == "index.html" else "/" + quote(name.as_posix())


def _forms(file: Path, folder: Path) -> dict[str, Page]:
    """Return a file in each coding that the build has made, the best first."""
    digest = hashlib.sha256(file.read_bytes()).hexdigest()[:16]
    for_ever = _HASHED.fullmatch(file.relative_to(folder).as_posix())
    headers = {
        **_PROTECTION,
        "Cache-Control": "public, max-age=31536000, immutable" if for_ever else "no-cache",
        "Vary": "Accept-Encoding",
    }
    return {
        coding: Page(
            coded.read_bytes(),
            content_type=_CONTENT_TYPES[file.suffix],
            headers={
                **headers,
                "ETag": f'"{digest}-{coding}"',
                **({} if coding == "identity" else {"Content-Encoding": coding}),
            },
        )
        for coding, suffix in _SUFFIXES.items()
        if (coded := file.with_name(file.name + suffix)).is_file()
    }


def _answer(forms: Mapping[str, Page], asked: RequestHead) -> Page:
    accepted = {*_accepted(asked), "identity"}
    page = next(page for coding, page in forms.items() if coding in accepted)
    tags = _TAG.findall(", ".join(header_lines(asked.headers, "if-none-match")))
    if page.headers["ETag"] not in tags and "*" not in tags:
        return page
    headers = {**page.headers}
    headers.pop("Content-Encoding", None)  # of a body, and here is none
    return evolve(page, body=b"", status=HTTPStatus.NOT_MODIFIED, headers=headers)


def _accepted(asked: RequestHead) -> set[str]:
    """Return the codings that a client takes (RFC 9110, section 12.5.3)."""
    offers = map(_CODING.match, asked.elements("accept-encoding"))
    return {offer[1].lower() for offer in offers if offer and float(offer[2] or 1)}
