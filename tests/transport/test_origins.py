"""Origins and hosts: equal ones compare equal, and mistakes are reported at the start."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camus_transport import Signaling
from camus_transport.http.origins import (
    Authority,
    Origin,
    allowed_hosts,
    allowed_origins,
    loopback_hosts,
)
from transport.serve import run


def origins(*named: str) -> set[str]:
    return set(map(str, allowed_origins(named)))


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("https://a.example", "https://a.example"),
        ("https://a.example/", "https://a.example"),
        ("HTTPS://A.Example", "https://a.example"),
        (" https://a.example ", "https://a.example"),
        ("https://a.example:443", "https://a.example"),
        ("http://a.example:80/", "http://a.example"),
        ("http://a.example:443", "http://a.example:443"),
        ("https://a.example:", "https://a.example"),
        ("https://a.example.", "https://a.example"),
        ("https://a.example.:8443", "https://a.example:8443"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://BÜCHER.example:8443/", "https://xn--bcher-kva.example:8443"),
        ("https://bu\u0308cher.example", "https://xn--bcher-kva.example"),
        ("https://straße.example", "https://xn--strae-oqa.example"),
        ("https://日本。example", "https://xn--wgv71a.example"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
        ("http://[::1]:80", "http://[::1]"),
        ("http://[0:0:0:0:0:0:0:1]:3000", "http://[::1]:3000"),
        ("capacitor://localhost", "capacitor://localhost"),
        ("chrome-extension://abcdef", "chrome-extension://abcdef"),
        ("file://", "file://"),
    ],
)
def test_an_origin_is_named_as_people_write_it_and_kept_as_browsers_do(
    named: str, expected: str
) -> None:
    assert origins(named) == {expected}
    assert origins(expected) == {expected}


def test_several_may_stand_in_one_text() -> None:
    both = {"https://a.example", "https://b.example"}
    assert origins("https://a.example,https://b.example/") == both
    assert origins("https://a.example, https://b.example") == both
    assert origins("https://a.example\nhttps://b.example\n") == both
    assert allowed_origins("https://a.example") == allowed_origins(["https://a.example"])
    assert allowed_hosts("a.example,B.example") == {"a.example", "b.example"}
    assert origins("", " , ") == set()


@pytest.mark.parametrize(
    ("named", "right"),
    [
        ("a.example", "https://a.example"),
        ("a.example:8443", "https://a.example:8443"),
        ("localhost:3000", "http://localhost:3000"),
        ("https://a.example/app", "https://a.example"),
        ("https://a.example/?x", "https://a.example"),
        ("https://a.example#x", "https://a.example"),
        ("wss://a.example", "https://a.example"),
        ("ws://a.example:5000/room/lobby/ws", "http://a.example:5000"),
        ("*", "https://calls.example.com"),
        ("https://*", "https://calls.example.com"),
        ("https://*.a.example", "https://calls.example.com"),
        ("null", "https://calls.example.com"),
        ("NULL", "https://calls.example.com"),
        ("https://", "https://calls.example.com"),
        ("https:/a.example", "https://calls.example.com"),
        ("//a.example", "https://calls.example.com"),
        ("https://::1", "https://calls.example.com"),
        ("https://user@a.example", "https://calls.example.com"),
        ("https://a.example:99999", "https://calls.example.com"),
        ("https://a.example:port", "https://calls.example.com"),
        ("https://a..example", "https://calls.example.com"),
        ("https://127.1", "https://calls.example.com"),
        ("https://a\u200db.example", "https://calls.example.com"),
        ("https://" + "a" * 64 + ".example", "https://calls.example.com"),
        ("https://" + "é" * 100_000, "https://calls.example.com"),
        ("https://" + "a." * 200 + "example", "https://calls.example.com"),
    ],
)
def test_an_origin_that_no_page_could_have_is_refused_with_the_right_form(
    named: str, right: str
) -> None:
    with pytest.raises(ValueError, match=r"^\S+ is no origin") as raised:
        allowed_origins([named])
    assert right in str(raised.value)
    assert len(str(raised.value)) < 1000


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("a.example", "a.example"),
        ("A.Example.", "a.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("::1", "[::1]"),
        ("[0:0::1]", "[::1]"),
        ("10.0.0.5", "10.0.0.5"),
        ("my_service", "my_service"),
    ],
)
def test_a_host_is_named_as_people_write_it_and_kept_as_browsers_do(
    named: str, expected: str
) -> None:
    assert allowed_hosts([named]) == {expected}


@pytest.mark.parametrize(
    ("named", "right"),
    [
        ("https://a.example/", ": a.example"),
        ("a.example:443", ": a.example"),
        ("a.example/", ": a.example"),
        ("[::1]:5000", ": [::1]"),
        ("*", "calls.example.com"),
        ("*.a.example", "calls.example.com"),
        ("a..example", "calls.example.com"),
        ("user@a.example", "calls.example.com"),
        ("127.1", "calls.example.com"),
        ("fe80::1%eth0", "calls.example.com"),
    ],
)
def test_a_host_that_no_header_could_have_is_refused_with_the_right_form(
    named: str, right: str
) -> None:
    with pytest.raises(ValueError, match=r"^\S+ is no host") as raised:
        allowed_hosts([named])
    assert right in str(raised.value)


HOSTS = st.sampled_from(
    ["a.example", "localhost", "xn--bcher-kva.example", "127.0.0.1", "[::1]"]
)
PORTS = st.none() | st.integers(1, 65535) | st.sampled_from([80, 443])


@given(st.sampled_from(["http", "https"]), HOSTS, PORTS, PORTS, st.booleans(), st.booleans())
def test_a_page_is_the_servers_own_if_host_and_port_are_whatever_is_written_out(
    scheme: str, host: str, of_page: int | None, of_server: int | None, upper: bool, dot: bool
) -> None:
    def written(port: int | None) -> str:
        name = f"{host}." if dot and host[-1].isalpha() else host
        text = name if port is None else f"{name}:{port}"
        return text.upper() if upper else text

    origin = Origin.read(f"{scheme}://{written(of_page)}")
    default = 80 if scheme == "http" else 443
    same = (of_page or default) == (of_server or default)
    authority = Authority.read(written(of_server))
    assert origin.is_served_by(authority, None) is same
    assert origin.is_served_by(authority, scheme) is same
    assert not origin.is_served_by(authority, "http" if scheme == "https" else "https")
    assert not origin.is_served_by(Authority.read("other.example"), None)


@given(
    st.text(
        st.sampled_from("htps:/.aAéßİ。-[]@#*,1 \u200d\u0301") | st.characters(), max_size=30
    )
)
def test_what_is_named_is_refused_or_in_a_form_that_is_read_from_a_header(text: str) -> None:
    for named, read in ((text, allowed_origins), (f"https://{text}", allowed_origins)):
        try:
            found = read([named])
        except ValueError:
            continue
        for origin in found:
            assert str(origin).isascii()
            assert Origin.read(str(origin)) == origin
            assert allowed_origins([str(origin)]) == {origin}
    try:
        hosts = allowed_hosts([text])
    except ValueError:
        return
    for host in hosts:
        assert Authority.read(host) == Authority(host, None)


@pytest.mark.parametrize(
    ("name", "addresses", "others"),
    [
        ("localhost", ["127.0.0.1", "::1"], set()),
        ("127.0.0.2", ["127.0.0.2"], {"127.0.0.2"}),
        ("Box.local", ["127.0.1.1"], {"box.local", "127.0.1.1"}),
        ("::1", ["::1"], set()),
    ],
)
def test_a_listener_for_this_machine_has_the_names_of_this_machine_and_its_own(
    name: str, addresses: list[str], others: set[str]
) -> None:
    assert loopback_hosts(name, addresses) == {"localhost", "127.0.0.1", "[::1]"} | others


@pytest.mark.parametrize("addresses", [["0.0.0.0"], ["::"], ["127.0.0.1", "10.0.0.1"]])
def test_a_listener_for_others_has_any_name(addresses: list[str]) -> None:
    assert loopback_hosts("box", addresses) == frozenset()


# Options and arguments --------------------------------------------------------------------


def test_a_program_that_names_one_wrongly_is_told() -> None:
    with pytest.raises(ValueError, match=r"'a.example' is no origin.*: https://a\.example$"):
        Signaling(origins=["a.example"])
    with pytest.raises(ValueError, match=r"'a.example:80' is no host.*: a\.example$"):
        Signaling(hosts=["a.example:80"])


@pytest.mark.parametrize(
    ("option", "variable", "value", "right"),
    [
        ("--allowed-origin", "CAMUS_ALLOWED_ORIGIN", "a.example", "https://a.example"),
        ("--allowed-host", "CAMUS_ALLOWED_HOST", "http://a.example", "a.example"),
    ],
)
async def test_an_operator_who_names_one_wrongly_is_told_at_the_start(
    option: str, variable: str, value: str, right: str
) -> None:
    for finished in (await run(option, value), await run(settings={variable: value})):
        assert finished.code == 2
        assert finished.err.rstrip().endswith(f": {right}")
