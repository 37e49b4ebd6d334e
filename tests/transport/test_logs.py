"""Secrets and SDP, which camus-serve never logs, even at the most verbose level."""

from pathlib import Path

import pytest

from camus_core.wire.profile import CORE
from camus_transport.logs import FORMATS
from transport.handshakes import connect_client
from transport.raw_socket import raw_socket
from transport.serve import camus_serve
from transport.tokens import SECRET, token

SDP = "v=0\r\no=geheim-sdp 1 1 IN IP4 192.0.2.7\r\n"


@pytest.mark.parametrize("format", FORMATS)
async def test_no_secret_and_no_sdp_is_ever_logged(format: str, tmp_path: Path) -> None:
    key = tmp_path / "token.key"
    key.write_text(SECRET)
    options = ["--log-level", "debug", "--log-format", format, "--token-key", key]
    turn = ["--turn-url", "turn:turn.example.com", "--turn-secret", "geheim-turn"]
    secrets = [SECRET, "geheim"]
    headers = {"Cookie": "id=geheim-cookie", "Authorization": "Bearer geheim-bearer"}
    async with camus_serve(*options, *turn) as server:
        async with connect_client(server.port, headers=headers) as ann:
            await ann.say("create-room", {"name": "Vault", "password": "geheim-password"})
            made = (await ann.hear("room-created"))["data"]
            secrets.append(made["owner_token"])
            for shown in [
                token(name="geheim-name", room="vault"),
                token("x" * 32),
                token(exp=0),
                token(role="geheim-role"),
                "geheim.geheim.geheim",
            ]:
                secrets.append(shown)
                async with connect_client(server.port) as ted:
                    await ted.join("vault", token=shown)
            for shown in ["geheim-password", "geheim-passw0rd"]:
                async with connect_client(server.port) as ted:
                    await ted.join("vault", password=shown)
            async with connect_client(server.port) as ted:
                await ted.join("vault", owner_token="geheim-owner")
                await ted.join("vault", resume={"session": "geheim-session", "received": 0})
            joined = await ann.join("vault", owner_token=made["owner_token"])
            secrets += [joined["session"], joined["ice_servers"][0]["credential"]]
            for data in [{"type": "offer", "sdp": SDP}, {"type": "answer", "sdp": SDP}]:
                await ann.say("offer", data, joined["id"])
            await ann.hear("error")
            await ann.wire.write(f'{{"type": "join", "data": "{SDP}"}}'.encode())
            await ann.wire.write(b'{"type": "geheim-type", "receiver": "geheim-receiver"}')
            await ann.hear("error")
            await ann.say("bye")
            assert (await ann.heard_to_the_end())[1] == 1000
        async with connect_client(server.port, "vault", CORE) as eve:
            assert await eve.heard_to_the_end() == (["error"], 4502)
        for path in ["/nowhere?token=geheim-query", "/ws?token=geheim-query"]:
            async with raw_socket(server.port) as eve:
                assert (await eve.request(path)).status == 404
        assert await server.end() == 0
        log = "\n".join(server.log)
        assert "not-allowed" in log
        for secret in secrets:
            assert secret not in log
