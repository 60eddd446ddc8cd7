"""The key that opens backups comes from a person's file, in any of age's formats."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyrage import passphrase, x25519

from deploy.backup import offline_key
from deploy.remote.errors import DeployError
from deploy.remote.linode_settings import LinodeSettings
from deploy.remote.stack_file import Stack
from tests.fabric.conftest import SETTINGS

KEY = x25519.Identity.generate()
FILE = f"# created: 2026-11-23T12:00:00Z\n# public key: {KEY.to_public()}\n{KEY}\n"
PHRASE = "correct horse"


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    own = tmp_path / "world.txt"
    own.write_text(str(KEY))
    return Stack(name="w", linode=LinodeSettings.model_validate(SETTINGS), identity=own)


def publics(identities: list[x25519.Identity]) -> list[str]:
    return [str(identity.to_public()) for identity in identities]


def test_a_file_of_age_keygen_is_read(stack: Stack, tmp_path: Path) -> None:
    (tmp_path / "key.txt").write_text(FILE)
    assert publics(offline_key.load(stack, str(tmp_path / "key.txt"))) == [str(KEY.to_public())]


def test_a_world_has_its_own(stack: Stack) -> None:
    assert publics(offline_key.load(stack, None)) == [str(KEY.to_public())]


def test_production_keeps_none(stack: Stack) -> None:
    with pytest.raises(DeployError, match="--identity FILE"):
        offline_key.load(stack.model_copy(update={"identity": None}), None)


NO_KEYS = {
    "empty": "",
    "cut off": "AGE-SECRET-KEY-1QQQ",
    "public": "age1xyz",
    "comment": FILE.splitlines()[1],
}


@pytest.mark.parametrize("content", NO_KEYS.values(), ids=NO_KEYS)
def test_a_file_without_a_key_is_refused_and_not_shown(stack: Stack, tmp_path: Path, content: str) -> None:
    (tmp_path / "key.txt").write_text(content)
    with pytest.raises(DeployError, match="no private key of age") as refused:
        offline_key.load(stack, str(tmp_path / "key.txt"))
    assert content not in refused.value.message or not content


def test_a_file_that_is_not_there_is_refused(stack: Stack, tmp_path: Path) -> None:
    with pytest.raises(DeployError, match="No such file"):
        offline_key.load(stack, str(tmp_path / "key.txt"))


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same with a passphrase. Deriving a key from one is slow on purpose."""
    path = tmp_path_factory.mktemp("locked") / "key.age"
    path.write_bytes(passphrase.encrypt(FILE.encode(), PHRASE))
    return str(path)


class TestPassphrase:
    @pytest.fixture
    def terminal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sys.stdin.isatty", lambda: True)

    def test_without_a_terminal_it_is_refused(
        self, stack: Stack, locked: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sys.stdin.isatty", lambda: False)
        with pytest.raises(DeployError, match="no terminal"):
            offline_key.load(stack, locked)

    @pytest.mark.usefixtures("terminal")
    def test_it_is_asked_for(self, stack: Stack, locked: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("getpass.getpass", lambda _: PHRASE)
        assert publics(offline_key.load(stack, locked)) == [str(KEY.to_public())]

    @pytest.mark.usefixtures("terminal")
    def test_a_wrong_one_opens_nothing(
        self, stack: Stack, locked: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("getpass.getpass", lambda _: "wrong")
        with pytest.raises(DeployError, match="this passphrase does not open it"):
            offline_key.load(stack, locked)
