"""Kennitalas: how people write them, which texts can be one, and how they are masked."""

from __future__ import annotations

import pytest

from runtime import kennitala
from runtime.kennitala import is_kennitala, mask

JON = "0101701234"


@pytest.mark.parametrize(
    "text",
    [
        "0101701234",
        "010170-1234",
        " 010170 1234 ",
        "010170\u00a01234",
        "010170\u20111234",
        "\uff10\uff11\uff10\uff11\uff17\uff10\uff11\uff12\uff13\uff14",
    ],
    ids=["bare", "hyphen", "spaces", "no-break space", "no-break hyphen", "full width"],
)
def test_a_kennitala_has_one_form(text: str) -> None:
    assert kennitala.normalise(text) == "0101701234"
    assert kennitala.display(kennitala.normalise(text)) == "010170-1234"


@pytest.mark.parametrize(
    "text",
    ["4101701239", "0101708239", "0101709239", "0101700239", "3102701234", "9999701234", "2302269990"],
    ids=["company", "century 8", "century 9", "century 0", "31 February", "test member", "no check digit"],
)
def test_what_the_digits_mean_is_for_the_registry_to_say(text: str) -> None:
    assert kennitala.normalise(text) == text


@pytest.mark.parametrize("text", ["", "010170123", "01017012345", "010170+1234", "abcdefghij", "٠١٠١٧٠١٢٣"])
def test_what_is_not_ten_digits_is_no_kennitala(text: str) -> None:
    with pytest.raises(kennitala.InvalidKennitalaError):
        kennitala.normalise(text)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("0101701234", "010170-****"),
        ("010170-1234", "010170-****"),
        ("members/0101701234 is not there", "members/010170-**** is not there"),
        ("5551234", "5551234"),
        ("123456789012", "123456789012"),
    ],
)
def test_a_kennitala_is_masked_wherever_it_stands(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text", ["", "010170123", "01017012345", "010170-1234", "٠١٠١٧٠١٢٣٤", "0101701234\n"]
)
def test_only_ten_plain_digits_are_a_key(text: str) -> None:
    assert not is_kennitala(text)
    assert is_kennitala(JON)
