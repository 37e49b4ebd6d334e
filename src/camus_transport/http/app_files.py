"""The pages of the browser app: the files of its build, read into memory at the start."""

import hashlib
import re
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

from attrs import evolve

from .handshake import Page, PageHandler
from .request_head import RequestHead

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
"""Content types by suffix, and with them the files that are served. The `mimetypes` module asks
the operating system, and on some machines takes JavaScript for text/plain.
"""

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
"""Headers that restrict the app to its own files, the camera, the microphone and the screen."""

_HASHED = re.compile(r"assets/.+-[\w-]{8}\.\w+")
"""Files whose names contain a hash of their content, as Vite makes them."""

_SUFFIXES = {"br": ".br", "gzip": ".gz", "identity": ""}
"""Content codings, the best first, with the suffixes of the build's compressed files."""

_CODING_OFFER = re.compile(r"([\w-]+)\s*(?:;\s*[qQ]=([01](?:\.\d*)?))?")
_TAG = re.compile(r'"[^"]*"|\*')


def app_folder() -> Path:
    """Return the folder of the browser app: in this package, or where a checkout builds it."""
    return _IN_PACKAGE if _IN_PACKAGE.is_dir() else _IN_CHECKOUT


def has_app(folder: Path) -> bool:
    """Return whether there is a browser app in this folder."""
    return (folder / "index.html").is_file()


def app_pages(folder: Path) -> dict[str, PageHandler]:
    """Return the pages of the app in this folder by their URL paths; empty if there is none.

    Only files that exist now are served, so no path of a request can reach another file.
    """
    if not has_app(folder):
        return {}
    return {
        _url_path(file.relative_to(folder)): partial(_answer, _encodings(file, folder))
        for file in folder.rglob("*")
        if file.suffix in _CONTENT_TYPES
    }


def _url_path(name: Path) -> str:
    return "/" if name.name == "index.html" else "/" + quote(name.as_posix())


def _encodings(file: Path, folder: Path) -> dict[str, Page]:
    """Return a file as a page in each coding that the build has made, the best first."""
    digest = hashlib.sha256(file.read_bytes()).hexdigest()[:16]
    is_hashed = _HASHED.fullmatch(file.relative_to(folder).as_posix())
    headers = {
        **_PROTECTION,
        "Cache-Control": "public, max-age=31536000, immutable" if is_hashed else "no-cache",
        "Vary": "Accept-Encoding",
    }
    return {
        coding: Page(
            encoded_file.read_bytes(),
            content_type=_CONTENT_TYPES[file.suffix],
            headers={
                **headers,
                "ETag": f'"{digest}-{coding}"',
                **({} if coding == "identity" else {"Content-Encoding": coding}),
            },
        )
        for coding, suffix in _SUFFIXES.items()
        if (encoded_file := file.with_name(file.name + suffix)).is_file()
    }


def _answer(encodings: Mapping[str, Page], head: RequestHead) -> Page:
    accepted = {*_accepted_codings(head), "identity"}
    page = next(page for coding, page in encodings.items() if coding in accepted)
    tags = _TAG.findall(head.headers.get("if-none-match", ""))
    if page.headers["ETag"] not in tags and "*" not in tags:
        return page
    headers = {**page.headers}
    headers.pop("Content-Encoding", None)  # a 304 has no body
    return evolve(page, body=b"", status=HTTPStatus.NOT_MODIFIED, headers=headers)


def _accepted_codings(head: RequestHead) -> set[str]:
    """Return the codings that a client accepts (RFC 9110, section 12.5.3)."""
    offers = map(_CODING_OFFER.match, head.elements("accept-encoding"))
    return {offer[1].lower() for offer in offers if offer and float(offer[2] or 1)}
