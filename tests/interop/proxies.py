"""Disposable proxies in front of a camus-serve, configured as `docs/howto-deploy.md` shows."""

import asyncio
import re
import shutil
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from attrs import define

from interop.ports import reserved_port
from transport.certificate import make_certificate
from transport.serve import kill

PAGE = Path(__file__).parents[2] / "docs" / "howto-deploy.md"

SECONDS = 20.0
"""Seconds for a proxy to start; it takes a tenth of one."""


def blocks(language: str) -> list[str]:
    """Return the configurations in a language that the page shows, in their order."""
    return re.findall(
        rf"^```{language}\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE
    )


def replaced(text: str, changes: Mapping[str, str]) -> str:
    """Return a configuration adapted to this machine; each change has to apply exactly once."""
    for old, new in changes.items():
        assert old in text, f"{old!r} is no longer in {PAGE.name}"
        text = text.replace(old, new)
    return text


@define(eq=False)
class Proxy:
    """A running proxy that serves TLS on `localhost`."""

    port: int
    certificate: Path

    def url(self, path: str = "/room/lobby/ws", scheme: str = "wss") -> str:
        """Return a URL behind the proxy."""
        return f"{scheme}://localhost:{self.port}{path}"

    def trust(self) -> ssl.SSLContext:
        """Return the TLS context of a client of the proxy."""
        return ssl.create_default_context(cafile=self.certificate)


def program(name: str) -> str:
    """Return the path of a proxy program, which may be where only root's PATH leads."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


class Nginx:
    """The configuration and the command of nginx."""

    name = "nginx"

    def configuration(self, where: str, under_a_path: bool) -> str:
        """Return the page's configuration for a server at this port, or on this UNIX socket."""
        whole, under_path, on_unix = blocks("nginx")
        location = re.search(r"    location / \{.*?\n    \}\n", whole, re.DOTALL)
        assert location is not None
        if under_a_path:
            whole = whole.replace(location[0], under_path)
        elif "/" in where:
            whole = whole.replace(location[0], on_unix)
            return replaced(whole, {"unix:/run/camus/camus.sock": f"unix:{where}"})
        return replaced(whole, {"127.0.0.1:5000": where})

    def file(self, configuration: str, port: int, directory: Path) -> str:
        """Return the whole file, for this port and certificate."""
        live = "/etc/letsencrypt/live/calls.example.com"
        here = replaced(
            configuration,
            {
                "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
                "    listen [::]:443 ssl;\n": "",
                f"{live}/fullchain.pem": f"{directory}/certificate.pem",
                f"{live}/privkey.pem": f"{directory}/key.pem",
            },
        )
        kept = "".join(
            f"{name}_temp_path {directory}/{name};\n"
            for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        return (
            f"daemon off; master_process off; pid {directory}/pid; error_log stderr;\n"
            f"events {{}}\nhttp {{ access_log off;\n{kept}{here} }}\n"
        )

    def command(self, file: Path) -> list[str]:
        return [program(self.name), "-p", str(file.parent), "-c", str(file), "-e", "stderr"]


class HAProxy:
    """The configuration and the command of HAProxy."""

    name = "haproxy"

    def configuration(self, where: str, under_a_path: bool) -> str:
        """Return the page's configuration for a server at this port, or on this UNIX socket."""
        whole, under_path, on_unix = blocks("text")
        if under_a_path:
            whole = replaced(whole, {"    default_backend": f"{under_path}    default_backend"})
        elif "/" in where:
            line = re.search(r"    server one .*\n", whole)
            assert line is not None
            whole = whole.replace(line[0], on_unix)
            return replaced(whole, {"unix@/run/camus/camus.sock": f"unix@{where}"})
        return replaced(whole, {"127.0.0.1:5000": where})

    def file(self, configuration: str, port: int, directory: Path) -> str:
        """Return the whole file, for this port and certificate."""
        both = "".join(
            (directory / name).read_text() for name in ("certificate.pem", "key.pem")
        )
        (directory / "both.pem").write_text(both)
        tls = "ssl crt /etc/haproxy/calls.example.com.pem"
        return replaced(
            configuration,
            {
                f"    bind [::]:443 {tls}\n": "",
                f"bind :443 {tls}": f"bind 127.0.0.1:{port} ssl crt {directory}/both.pem",
            },
        )

    def command(self, file: Path) -> list[str]:
        return [program(self.name), "-db", "-q", "-f", str(file)]


Kind = Nginx | HAProxy


@asynccontextmanager
async def running(
    kind: Kind,
    where: str,
    directory: Path,
    *,
    under_a_path: bool = False,
    changes: Mapping[str, str] | None = None,
) -> AsyncIterator[Proxy]:
    """Start a proxy for a camus-serve that is at `where`; kill it at the end."""
    certificate, _ = make_certificate(directory)
    with reserved_port() as port:
        proxy = Proxy(port, certificate)
        configuration = replaced(kind.configuration(where, under_a_path), changes or {})
        file = directory / f"{kind.name}.conf"
        file.write_text(kind.file(configuration, port, directory))
        process = await asyncio.create_subprocess_exec(
            *kind.command(file),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        try:
            await _listens(port, process)
            yield proxy
        finally:
            await kill(process)


async def _listens(port: int, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(SECONDS):
        while True:
            if process.returncode is not None:
                assert process.stderr is not None
                pytest.fail((await process.stderr.read()).decode())
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return
