"""Identity Platform is enabled once, and its settings are changed, through google-api-python-client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from googleapiclient.errors import HttpError

from local.google.frame.access_tokens import issue
from local.provider.gcp.google_error import GoogleError
from local.resource_store import ResourceStore
from local.services.auth_settings import CONFIGS
from local.services.signing_key import key_of
from local.services.world_program import is_up, stop_service
from local.world import World

from .conftest import bearer
from .provider import BY_TYPE, Provider

KIND = "gcp:identityplatform/config:Config"
CLOSED = {"permissions": {"disabledUserSignup": True, "disabledUserDeletion": True}}


@pytest.fixture
def config(google_world: World, parent: str) -> Iterator[str]:
    """Its name. Only a test can take it away again."""
    yield f"{parent}/config"
    stop_service(google_world, "auth")
    ResourceStore(google_world).delete(CONFIGS, f"{parent}/config")


def sign_up(world: World) -> int:
    """What a stranger is answered who makes a user."""
    url = f"{world.url('auth')}/identitytoolkit.googleapis.com/v1/accounts:signUp?key=any"
    return httpx.post(url, json={"returnSecureToken": True}, trust_env=False, timeout=30).status_code


def test_it_is_enabled_once_and_its_settings_are_obeyed(
    discovered: Callable[[str], Any], google_world: World, parent: str, config: str
) -> None:
    projects = discovered("identitytoolkit.v2").projects()
    for early in (
        projects.getConfig(name=config),
        projects.updateConfig(name=config, body={"client": CLOSED}),
    ):
        with pytest.raises(HttpError, match="CONFIGURATION_NOT_FOUND"):
            early.execute()
    projects.identityPlatform().initializeAuth(project=parent).execute()
    with pytest.raises(HttpError, match="already been enabled"):
        projects.identityPlatform().initializeAuth(project=parent).execute()
    before = projects.getConfig(name=config).execute()
    assert before["subtype"] == "IDENTITY_PLATFORM"
    assert before["authorizedDomains"][0] == "localhost"
    anonymous = {"signIn": {"anonymous": {"enabled": True}}}
    projects.updateConfig(name=config, updateMask="signIn.anonymous.enabled", body=anonymous).execute()
    assert sign_up(google_world) == 200

    # The mask decides, not what is sent beside it.
    body = {"client": CLOSED, "authorizedDomains": ["never"]}
    after = projects.updateConfig(name=config, updateMask="client.permissions", body=body).execute()
    assert after["client"]["permissions"] == CLOSED["permissions"]
    assert (after["authorizedDomains"], after["signIn"]) == (before["authorizedDomains"], anonymous["signIn"])
    assert sign_up(google_world) == 400

    with pytest.raises(HttpError, match="mfa: the Firebase Auth emulator has no such setting"):
        projects.updateConfig(
            name=config, updateMask="mfa.state", body={"mfa": {"state": "ENABLED"}}
        ).execute()
    with pytest.raises(HttpError, match="immutable"):
        projects.updateConfig(name=config, updateMask="name", body={}).execute()
    with pytest.raises(HttpError, match="Unknown name"):
        projects.updateConfig(name=config, body={"colour": "red"}).execute()


def test_our_provider_enables_changes_and_leaves_it(
    google_world: World, rest: httpx.Client, config: str
) -> None:
    provider = Provider(google_world)
    name, outputs = provider.create(KIND, authorizedDomains=["a"], client=CLOSED)
    assert name == config
    assert is_up(google_world, "auth")
    assert provider.read(KIND, name, outputs)[2] == outputs
    changed = provider.update(KIND, name, outputs, authorizedDomains=["a", "b"], client=CLOSED)
    assert provider.read(KIND, name, changed)[2]["authorizedDomains"] == ["a", "b"]
    provider.delete_all()
    adopted = provider.read(KIND, name)
    assert adopted[1]["authorizedDomains"] == ["a", "b"]
    declared = provider.complete(KIND, {"authorizedDomains": ["a", "b"], "client": CLOSED})
    assert list(BY_TYPE[KIND].differences(provider.call(KIND), adopted[2], {}, declared)) == []
    with pytest.raises(GoogleError, match="already been enabled"):
        provider.create(KIND, authorizedDomains=["a"])
    path = f"/identitytoolkit/v2/{config}"
    nobody = bearer(issue(key_of(google_world), ["user:nobody@ekklesia.test"]))
    assert rest.get(path, headers=nobody).status_code == 403
    assert rest.patch(path, headers=nobody, json={"client": {}}).status_code == 403


def test_an_agent_is_made_and_stays(google_world: World) -> None:
    provider = Provider(google_world)
    kind = "gcp:projects/serviceIdentity:ServiceIdentity"
    name, outputs = provider.create(kind, service="eventarc.googleapis.com")
    assert outputs["member"].endswith("@gcp-sa-eventarc.iam.gserviceaccount.com")
    assert provider.read(kind, name, outputs)[2] == outputs
    provider.delete_all()
    assert provider.create(kind, service="eventarc.googleapis.com")[1] == outputs
    with pytest.raises(GoogleError, match="Not found or permission denied"):
        provider.create(kind, service="nothing.googleapis.com")
