"""Settings are rendered whole, secrets stay secret and stay the same, and mistakes are one clear line."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra import settings
from local import environment, pulumi_stack, stack_settings
from local.world import WORLD_KEY, WorldError, stack_file

TEMPLATE: dict[str, Any] = yaml.safe_load(stack_settings.TEMPLATE.read_text())


@pytest.fixture
def template(empty_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = empty_home.parent / "Pulumi.local.yaml"
    path.write_text(yaml.safe_dump(TEMPLATE))
    monkeypatch.setattr(stack_settings, "TEMPLATE", path)
    return path


@pytest.fixture
def two_worlds(template: Path, empty_home: Path, furnished_home: Path) -> Path:
    """A home in which `local` and `other` have been made from that template. Making one takes seconds."""
    shutil.copytree(furnished_home / ".local", empty_home)
    return template


def rendered(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load(stack_file(name).read_text())["config"])


@pytest.mark.usefixtures("two_worlds")
def test_a_world_is_rendered_with_its_place_and_types() -> None:
    world = stack_settings.ensure_world("local")
    config = rendered("local")
    assert config["ekklesia:portalUrl"] == "http://127.0.0.1:8400"
    assert config["ekklesia:linode"]["address"] == "198.51.100.2"
    assert config["ekklesia:linode"]["workers"] == TEMPLATE["config"]["ekklesia:linode"]["workers"]
    assert config[WORLD_KEY] == TEMPLATE["world"]
    assert (world.address, world.host_address) == ("127.0.0.1", "198.51.100.2")


@pytest.mark.usefixtures("two_worlds")
def test_the_program_takes_the_settings_of_a_world() -> None:
    stack_settings.ensure_world("local")
    assert settings.parse(rendered("local")).linode.address == "198.51.100.2"


@pytest.mark.usefixtures("two_worlds")
def test_another_world_has_another_place() -> None:
    world = stack_settings.ensure_world("other")
    assert world.address != "127.0.0.1"
    assert rendered("other")["ekklesia:portalUrl"] == f"http://{world.address}:8400"


@pytest.mark.usefixtures("two_worlds")
def test_secrets_are_encrypted_and_stay_when_rendered_again() -> None:
    stack_settings.ensure_world("local")
    before = rendered("local")
    stack_settings.ensure_world("local")
    assert rendered("local") == before
    token = pulumi_stack.pulumi("config", "get", "ekklesia:syncmembersToken", "-s", "local").strip()
    assert len(token) == 64
    assert set(before["ekklesia:syncmembersToken"]) == {"secure"}
    assert token not in stack_file("local").read_text()


@pytest.mark.usefixtures("two_worlds")
def test_two_worlds_have_secrets_of_their_own() -> None:
    tokens = set()
    for name in ("local", "other"):
        stack_settings.ensure_world(name)
        tokens.add(pulumi_stack.pulumi("config", "get", "ekklesia:syncmembersToken", "-s", name))
    assert len(tokens) == 2


@pytest.mark.usefixtures("two_worlds")
def test_the_passphrase_is_the_users_alone() -> None:
    stack_settings.ensure_world("local")
    assert stat.S_IMODE(environment.PASSPHRASE_FILE.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"surprise": {}}, "Pulumi.local.yaml: not a setting: surprise"),
        ({"world": TEMPLATE["world"] | {"adress": "127.0.0.1"}}, "not a setting: world.adress"),
        ({"config": TEMPLATE["config"] | {"aws:region": "x"}}, "not a setting: aws:region"),
        ({"config": TEMPLATE["config"] | {"ekklesia:x": "${prots.portal}"}}, "nothing is called"),
        ({"config": TEMPLATE["config"] | {"ekklesia:wrokers": 4}}, "ekklesia:wrokers: is not a setting"),
        ({"config": TEMPLATE["config"] | {"ekklesia:adopt": "perhaps"}}, "ekklesia:adopt"),
        (
            {"config": TEMPLATE["config"] | {"gcp:project": "ekklesia-prod-10-2025"}},
            "must begin with 'demo-'",
        ),
    ],
)
def test_what_nothing_would_read_is_refused(template: Path, change: dict[str, Any], complaint: str) -> None:
    template.write_text(yaml.safe_dump(TEMPLATE | change))
    with pytest.raises(WorldError, match=complaint) as refusal:
        stack_settings.ensure_world("local")
    assert "\n" not in str(refusal.value)


def test_text_that_is_no_yaml_is_refused(template: Path) -> None:
    template.write_text("config: [")
    with pytest.raises(WorldError, match="not YAML") as refusal:
        stack_settings.ensure_world("local")
    assert "\n" not in str(refusal.value)


@pytest.mark.usefixtures("two_worlds")
def test_an_unknown_setting_in_a_worlds_own_file_is_refused() -> None:
    stack_settings.ensure_world("local")
    pulumi_stack.pulumi("config", "set", "ekklesia:wrokers", "4", "-s", "local")
    with pytest.raises(WorldError, match=r"Pulumi\.local\.yaml: not a setting: ekklesia:wrokers"):
        stack_settings.ensure_world("local")


@pytest.mark.usefixtures("template")
@pytest.mark.parametrize("name", ["", "Local", "a/b", "../x", "a b", "$(id)", "1st", "a" * 32, "þ"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(WorldError, match="is no name for a world"):
        stack_settings.ensure_world(name)


@pytest.mark.usefixtures("two_worlds")
def test_a_world_remembers_how_google_treats_it() -> None:
    assert stack_settings.ensure_world("local").google == "settled"
    world = stack_settings.ensure_world("local", stack_settings.Google("new-project", 7))
    assert (world.google, world.google_seed) == ("new-project", 7)
    assert stack_settings.ensure_world("local") == world
    assert stack_settings.ensure_world("other").google == "settled"
    assert stack_settings.ensure_world("local", stack_settings.Google("settled")).google == "settled"


@pytest.mark.usefixtures("two_worlds")
def test_the_provider_of_a_world_changes_only_before_it_is_up(empty_home: Path) -> None:
    real = stack_settings.Google(provider="real")
    assert stack_settings.ensure_world("local").provider == "own"
    assert stack_settings.ensure_world("local", real).provider == "real"
    assert stack_settings.ensure_world("local").provider == "real"
    (empty_home / "local" / "resources").mkdir(parents=True)
    with pytest.raises(WorldError, match="`make clean WORLD=local`"):
        stack_settings.ensure_world("local", stack_settings.Google(provider="own"))
    assert stack_settings.ensure_world("local").provider == "real"


@pytest.mark.usefixtures("template")
def test_a_treatment_that_nobody_knows_is_refused() -> None:
    with pytest.raises(WorldError, match="'kind' is no way to be treated by Google: settled or new-project"):
        stack_settings.ensure_world("local", stack_settings.Google("kind"))


@pytest.mark.usefixtures("two_worlds")
def test_a_state_is_read_again_beside_which_a_killed_command_has_left_half_a_file() -> None:
    stack_settings.ensure_world("local")
    [state] = environment.BACKEND.rglob("local.json")
    attributes = state.with_name("local.json.attrs")
    assert attributes.exists()
    attributes.write_text("")
    with pytest.raises(pulumi_stack.PulumiError, match="EOF"):
        pulumi_stack.pulumi("stack", "export", "-s", "local")
    pulumi_stack.drop_cut_off_attributes("local")
    assert pulumi_stack.pulumi("stack", "export", "-s", "local")
