"""The list of erased keys on the real emulator: it finds who was erased, and names nobody."""

from __future__ import annotations

from functools import partial
from itertools import count

import pytest
from google.api_core import exceptions as google_errors
from google.cloud import firestore
from pydantic import SecretStr

from runtime.clients import ERASED_DATABASE
from sync.erased_keys import ERASED_KEYS, FEW, FRESH_SECONDS, KEY, FirestoreErasedKeys, NobodyErased
from sync.failures import AccessError, TransientError

JON, ANNA = "0101701234", "0202802345"
SECRET = SecretStr("a key of thirty-two characters!!")


@pytest.fixture
def database(project: str, emulator: str) -> firestore.Client:
    client = firestore.Client(project=project, database=ERASED_DATABASE)
    client.recursive_delete(client.collection(ERASED_KEYS))
    return client


def test_who_was_erased_is_found_one_by_one_and_in_the_whole_list(database: firestore.Client) -> None:
    keys = FirestoreErasedKeys(database, SECRET)
    keys.append(JON, "first")
    keys.append(JON, "second")

    assert keys.of([JON, ANNA]) == {JON: "second"}
    crowd = [f"{number:010}" for number in range(FEW + 1)]
    assert keys.of([*crowd, JON]) == {JON: "second"}
    was_erased = keys.everybody()
    assert (was_erased(JON), was_erased(ANNA)) == (True, False)


def test_the_list_names_nobody_and_its_key_is_noted(database: firestore.Client) -> None:
    FirestoreErasedKeys(database, SECRET).append(JON, "first")

    entries = {it.id: it.to_dict() or {} for it in database.collection(ERASED_KEYS).stream()}

    assert JON not in f"{entries}"
    assert entries.pop(KEY).keys() == {"hmac"}
    assert [fields.keys() for fields in entries.values()] == [{"erasure", "at"}]


def test_under_another_key_nothing_goes_on(database: firestore.Client) -> None:
    """It would find nobody, so somebody who was erased could come back without a word."""
    FirestoreErasedKeys(database, SECRET).append(JON, "first")
    other = FirestoreErasedKeys(database, SecretStr("another key, of as many letters."))
    crowd = [f"{number:010}" for number in range(FEW + 1)]
    for call in (
        partial(other.of, [JON]),
        partial(other.of, crowd),
        other.everybody,
        partial(other.append, ANNA, "x"),
    ):
        with pytest.raises(AccessError, match="erasedKeysKey"):
            call()
    assert FirestoreErasedKeys(database, SECRET).of([JON, ANNA]) == {JON: "first"}


def test_a_list_that_was_read_whole_is_used_for_a_minute(database: firestore.Client) -> None:
    """So long the register itself remembers an erasure, and far longer."""
    moments = count(0, FRESH_SECONDS / 2)
    keys = FirestoreErasedKeys(database, SECRET, clock=lambda: next(moments))
    assert keys.everybody()(JON) is False
    keys.append(JON, "first")
    assert keys.everybody()(JON) is False
    found = [keys.everybody()(JON) for _ in range(3)]
    assert found[-1] is True


def test_without_an_answer_nothing_goes_on(
    database: firestore.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An erased person is spread by nobody who could not ask."""

    def broken(*_: object, **__: object) -> None:
        raise google_errors.ServiceUnavailable("no answer")

    monkeypatch.setattr(database, "get_all", broken)
    with pytest.raises(TransientError):
        FirestoreErasedKeys(database, SECRET).of([JON])


def test_where_there_is_no_list_nobody_is_erased() -> None:
    nobody = NobodyErased()
    assert nobody.of([JON]) == {}
    assert not nobody.everybody()(JON)
    with pytest.raises(NotImplementedError):
        nobody.append(JON, "first")
