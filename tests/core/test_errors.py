"""The contract of errors: codes for programs, and ranges of close codes with advice."""

import re

from camus_core.wire import errors
from camus_core.wire.errors import CLOSE_CODES, CamusError, ProtocolError, Reconnect, StoreError


def below(error: type[ProtocolError]) -> list[type[ProtocolError]]:
    return [one for kind in error.__subclasses__() for one in (kind, *below(kind))]


SPOKEN = [kind for kind in below(ProtocolError) if "code" in vars(kind)]
"""The errors that are sent to a peer."""


def test_codes_are_words_with_hyphens_and_no_two_are_equal() -> None:
    codes = [kind.code for kind in SPOKEN]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", code) for code in codes)


def test_every_error_explains_itself_unless_it_is_told_what_to_say() -> None:
    for kind in SPOKEN:
        assert str(kind()) == kind.meaning
        assert str(kind("because")) == "because"
        assert kind().retry_after is None
        assert kind(retry_after=2.5).retry_after == 2.5


def test_only_what_groups_errors_is_not_spoken_itself() -> None:
    assert set(below(ProtocolError)) - set(SPOKEN) == {errors.AdmissionRefused}


def test_no_two_close_codes_are_equal() -> None:
    codes = [close.code for close in CLOSE_CODES]
    assert len(set(codes)) == len(codes)


def test_every_error_that_closes_has_its_close_code_in_the_contract() -> None:
    meanings = {close.code: close.meaning for close in CLOSE_CODES}
    closing = [kind for kind in SPOKEN if "close_code" in vars(kind)]
    for kind in closing:
        assert kind.close_code is not None
        assert meanings[kind.close_code] == kind.meaning
    assert len({kind.close_code for kind in closing}) == len(closing)


def test_every_close_code_that_the_module_names_is_in_the_contract() -> None:
    named = {one for one in vars(errors).values() if isinstance(one, errors.CloseCode)}
    assert named <= set(CLOSE_CODES)


def test_a_wrong_password_closes_as_a_missing_one_does() -> None:
    assert errors.WrongPassword.close_code == errors.PasswordRequired.close_code


def test_the_range_of_a_close_code_says_whether_to_come_back() -> None:
    for close in CLOSE_CODES:
        if 4000 <= close.code <= 4499:
            assert close.reconnect is not Reconnect.NO
        elif 4500 <= close.code <= 4999:
            assert close.reconnect is Reconnect.NO
        else:
            assert 1000 <= close.code <= 1015


def test_what_a_room_refuses_closes_unless_only_the_session_profile_hears_it() -> None:
    refused = below(errors.AdmissionRefused)
    assert {kind for kind in refused if kind.close_code is None} == {
        errors.Denied,
        errors.InvalidInvitation,
    }


def test_the_tree_at_the_head_of_the_module_has_every_error() -> None:
    drawn = set(re.findall(r"[├└]── (\w+)", errors.__doc__ or ""))
    defined = {
        name
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, CamusError) and kind is not CamusError
    }
    assert drawn == defined
    assert StoreError.__name__ in drawn


def test_a_close_reason_fits_into_a_close_frame() -> None:
    """RFC 6455, section 5.5: control frames have at most 125 bytes, two of them the code."""
    reasons = [close.meaning for close in CLOSE_CODES] + [kind.code for kind in SPOKEN]
    assert max(len(reason.encode()) for reason in reasons) <= 123
