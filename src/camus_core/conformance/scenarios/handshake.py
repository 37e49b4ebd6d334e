"""WebSocket handshakes (CORE-1 to CORE-3, CORE-9)."""

from ...limits import Limits
from ..scenario import Joins, Knocks, Scenario, Setting
from ..vocabulary import BILL, DEFAULT_ROOM

_PATH = f"/room/{DEFAULT_ROOM}/ws"
_HOST = "san-dimas.example"

SCENARIOS = (
    Scenario(
        "a WebSocket is opened at /room/<room id>/ws",
        ("CORE-1",),
        (Knocks(_PATH, 101), Knocks("/room/7/ws", 101), Knocks(f"/room/{'a' * 64}/ws", 101)),
        wire=True,
    ),
    Scenario(
        "other paths, and room ids that are no slug, are not found",
        ("CORE-1", "CORE-56"),
        (
            Knocks("/ws", 404),
            Knocks(f"/room/{DEFAULT_ROOM}", 404),
            Knocks("/room//ws", 404),
            Knocks("/room/San-Dimas/ws", 404),
            Knocks("/room/san_dimas/ws", 404),
            Knocks("/room/san/dimas/ws", 404),
            Knocks("/room/-dimas/ws", 404),
            Knocks(f"/room/{'a' * 65}/ws", 404),
        ),
        wire=True,
    ),
    Scenario(
        "a path is compared as it is sent, and its query is nothing to the server",
        ("CORE-1", "CORE-57", "CORE-122"),
        (
            Knocks(f"{_PATH}?from=mail&to=//", 101),
            Knocks(f"{_PATH}/", 404),
            Knocks(f"/room/%{ord(DEFAULT_ROOM[0]):X}{DEFAULT_ROOM[1:]}/ws", 404),
            Knocks(f"/ROOM/{DEFAULT_ROOM}/ws", 404),
        ),
        wire=True,
    ),
    Scenario(
        "an absolute URI names the host that counts",
        ("CORE-1", "CORE-2", "CORE-58"),
        (
            Knocks(f"http://localhost{_PATH}", 101, {"Host": "evil.example"}),
            Knocks(f"http://evil.example{_PATH}", 403, {"Host": "localhost"}),
        ),
        wire=True,
    ),
    Scenario(
        "who asks for no WebSocket is told that one is here",
        ("CORE-1", "CORE-59", "SESS-56"),
        (
            Knocks(_PATH, 426, {"Upgrade": "h2c"}, answered={"upgrade": "websocket"}),
            Knocks(_PATH, 426, {"Connection": "close"}),
            Knocks(_PATH, 101, {"Upgrade": "h2c, websocket"}),
            Knocks("/ws", 426, {"Upgrade": None, "Sec-WebSocket-Protocol": "camus.2"}),
            Knocks("/ws", 404, {"Upgrade": None}),
        ),
        wire=True,
    ),
    Scenario(
        "a page of another site is forbidden to connect",
        ("CORE-2", "CORE-60", "CORE-123"),
        (
            Knocks(_PATH, 403, {"Origin": "https://evil.example"}),
            Knocks(_PATH, 403, {"Origin": "null"}),
            Knocks(_PATH, 403, {"Host": "localhost:80", "Origin": "http://localhost:81"}),
            Knocks(_PATH, 101, {"Host": "localhost:80", "Origin": "http://localhost:80"}),
            Knocks(_PATH, 101),
        ),
        wire=True,
    ),
    Scenario(
        "hosts and origins are compared as what they mean, however they are written",
        ("CORE-2", "CORE-62"),
        (
            Knocks(_PATH, 101, {"Host": "localhost:443", "Origin": "https://localhost"}),
            Knocks(_PATH, 101, {"Host": "localhost", "Origin": "https://localhost:443"}),
            Knocks(_PATH, 101, {"Host": "LocalHost.:80", "Origin": "http://localhost"}),
            Knocks(_PATH, 403, {"Host": "localhost:443", "Origin": "http://localhost"}),
            Knocks(_PATH, 403, {"Host": "localhost:80", "Origin": "https://localhost"}),
        ),
        wire=True,
    ),
    Scenario(
        "a Host that is none is told so, and headers beside it count for nothing",
        ("CORE-2", "CORE-63", "CORE-126"),
        (
            Knocks(_PATH, 400, {"Host": ""}),
            Knocks(_PATH, 400, {"Host": None}),
            Knocks(_PATH, 400, {"Host": "localhost", "host": "localhost"}),
            Knocks(_PATH, 400, {"Host": "localhost/room"}),
            Knocks(_PATH, 403, {"Host": "evil.example", "X-Forwarded-Host": "localhost"}),
            Knocks(
                _PATH, 400, {"Origin": "https://evil.example", "origin": "http://localhost"}
            ),
            Knocks(_PATH, 101, {"Referer": "https://evil.example/"}),
            Knocks(_PATH, 101, {"Sec-WebSocket-Origin": "https://evil.example"}),
            Knocks(
                _PATH,
                101,
                {
                    "Host": "localhost",
                    "Origin": "https://localhost",
                    "X-Forwarded-Proto": "http",
                },
            ),
        ),
        wire=True,
    ),
    Scenario(
        "where hosts and origins are named, these are served, and no others",
        ("CORE-2", "CORE-61", "CORE-124"),
        (
            Knocks(_PATH, 101, {"Host": "san-dimas.example"}),
            Knocks(_PATH, 101, {"Host": "San-Dimas.Example.:8080"}),
            Knocks(_PATH, 403, {"Host": "localhost"}),
            Knocks(_PATH, 101, {"Host": _HOST, "Origin": "https://circle-k.example"}),
            Knocks(_PATH, 101, {"Host": _HOST, "Origin": "https://circle-k.example:443"}),
            Knocks(_PATH, 403, {"Host": _HOST, "Origin": "http://circle-k.example"}),
            Knocks(_PATH, 403, {"Host": _HOST, "Origin": f"https://{_HOST}"}),
        ),
        Setting(hosts=(_HOST,), origins=("https://circle-k.example",)),
        wire=True,
    ),
    Scenario(
        "the scheme of an origin counts where a trusted proxy says how its client came",
        ("CORE-2", "CORE-62", "CORE-125"),
        tuple(
            Knocks(
                _PATH,
                101 if scheme == said else 403,
                {"Host": "localhost", "Origin": f"{scheme}://localhost", **told},
            )
            for said in ("http", "https")
            for told in (
                {"X-Forwarded-Proto": said},
                {"Forwarded": f"for=192.0.2.1;proto={said}"},
            )
            for scheme in ("http", "https")
        ),
        Setting(proxies=("127.0.0.1",)),
        wire=True,
    ),
    Scenario(
        "a page that has rebound its name to a loopback server is forbidden to connect",
        ("CORE-2", "CORE-61"),
        (
            Knocks(_PATH, 403, {"Host": "evil.example", "Origin": "http://evil.example"}),
            Knocks(_PATH, 403, {"Host": "evil.example"}),
        ),
        wire=True,
    ),
    Scenario(
        "an offered subprotocol is not chosen, and the core profile spoken",
        ("CORE-3",),
        (
            Knocks(
                _PATH,
                101,
                {"Sec-WebSocket-Protocol": "soap"},
                without=("sec-websocket-protocol",),
            ),
        ),
        wire=True,
    ),
    Scenario(
        "frames are not compressed",
        ("CORE-3", "CORE-64"),
        (
            Knocks(
                _PATH,
                101,
                {"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"},
                without=("sec-websocket-extensions",),
            ),
        ),
        wire=True,
    ),
    Scenario(
        "a server that is full says so at the handshake",
        ("CORE-9",),
        (Joins(BILL), Knocks(_PATH, 503)),
        Setting(Limits(connections=1)),
        wire=True,
    ),
    Scenario(
        "a head that is too large is refused before anybody looks who it is from",
        ("CORE-9", "LIM-11", "CORE-65"),
        (
            Joins(BILL),
            Knocks(_PATH, 431, {"Cookie": "x" * 17_000}, without=("retry-after",)),
            Knocks("/" + "x" * 17_000, 414, without=("retry-after",)),
            Knocks(_PATH, 431, {f"X-{number}": "1" for number in range(129)}),
        ),
        Setting(Limits(connections_per_address=1)),
        wire=True,
    ),
    Scenario(
        "a list with too many elements is not read",
        ("CORE-9", "CORE-65"),
        (
            Knocks(_PATH, 431, {"Connection": "Upgrade" + ", a" * 64}),
            Knocks(_PATH, 431, {"Sec-WebSocket-Protocol": "a" + ", a" * 64}),
            Knocks(_PATH, 101, {"Sec-WebSocket-Protocol": "a" + ", a" * 63}),
        ),
        wire=True,
    ),
    Scenario(
        "one address may have so many connections only",
        ("CORE-9",),
        (Joins(BILL), Knocks(_PATH, 429)),
        Setting(Limits(connections_per_address=1)),
        wire=True,
    ),
    Scenario(
        "what is wrong with a handshake is answered in this order",
        ("CORE-67",),
        (
            Knocks(
                "/nowhere", 403, {"Host": "evil.example", "Origin": "null", "origin": "null"}
            ),
            Knocks("/nowhere", 400, {"Host": None, "Origin": "https://evil.example"}),
            Knocks("/nowhere", 403, {"Origin": "https://evil.example", "Connection": "close"}),
            Knocks("/nowhere", 404, {"Connection": "close"}),
            Knocks(_PATH, 426, {"Connection": "close", "Sec-WebSocket-Key": "Bogus!"}),
            Knocks(_PATH, 400, {"Sec-WebSocket-Key": "Bogus!"}),
        ),
        wire=True,
    ),
    Scenario(
        "an address that has no connection left hears so before anything else",
        ("CORE-67",),
        (Joins(BILL), Knocks("/nowhere", 429, {"Host": None, "Connection": "close"})),
        Setting(Limits(connections_per_address=1)),
        wire=True,
    ),
)
