"""ID tokens of the stand-in for accounts.google.com are accepted or refused."""

from __future__ import annotations

import base64
import hmac
import json
import stat

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from local.services import identity_tokens
from local.services.identity_tokens import InvalidTokenError, public_keys, sign_identity, verify_identity
from local.services.signing_key import signing_key
from local.world import World

AUDIENCE = "http://127.0.0.1:8401/sync"
EMAIL = "caller@demo-services.iam.gserviceaccount.com"


@pytest.fixture(scope="module")
def key() -> RSAKey:
    key = RSAKey.generate_key(2048, {"alg": "RS256", "use": "sig"})
    key.ensure_kid()
    return key


def test_a_token_names_its_account(key: RSAKey) -> None:
    assert verify_identity(key, sign_identity(key, EMAIL, AUDIENCE), {AUDIENCE}) == EMAIL


def test_another_audience_is_refused(key: RSAKey) -> None:
    with pytest.raises(InvalidTokenError, match="aud"):
        verify_identity(key, sign_identity(key, EMAIL, f"{AUDIENCE}2"), {AUDIENCE})


def test_another_key_is_refused(key: RSAKey) -> None:
    other = RSAKey.generate_key(2048, {"alg": "RS256", "use": "sig", "kid": str(key.kid)})
    with pytest.raises(InvalidTokenError):
        verify_identity(key, sign_identity(other, EMAIL, AUDIENCE), {AUDIENCE})


def test_an_expired_token_is_refused_but_a_minute_is_forgiven(
    key: RSAKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity_tokens, "LIFETIME", -30)
    assert verify_identity(key, sign_identity(key, EMAIL, AUDIENCE), {AUDIENCE}) == EMAIL
    monkeypatch.setattr(identity_tokens, "LIFETIME", -90)
    with pytest.raises(InvalidTokenError, match="expired"):
        verify_identity(key, sign_identity(key, EMAIL, AUDIENCE), {AUDIENCE})


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é.é.é", "eyJhbGciOiJub25lIn0.e30."])
def test_what_is_no_token_is_refused(key: RSAKey, token: str) -> None:
    with pytest.raises(InvalidTokenError):
        verify_identity(key, token, {AUDIENCE})


def test_an_unsigned_token_is_refused(key: RSAKey) -> None:
    _, claims, _ = sign_identity(key, EMAIL, AUDIENCE).split(".")
    header = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    with pytest.raises(InvalidTokenError):
        verify_identity(key, f"{header}.{claims}.", {AUDIENCE})


def test_a_token_signed_with_the_public_key_as_a_secret_is_refused(key: RSAKey) -> None:
    _, claims, _ = sign_identity(key, EMAIL, AUDIENCE).split(".")
    header = base64.urlsafe_b64encode(json.dumps({"alg": "HS256", "kid": key.kid}).encode())
    signed = f"{header.decode().rstrip('=')}.{claims}"
    signature = hmac.digest(key.as_pem(private=False), signed.encode(), "sha256")
    with pytest.raises(InvalidTokenError):
        verify_identity(
            key, f"{signed}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}", {AUDIENCE}
        )


def test_a_token_without_its_bearer_is_refused(key: RSAKey) -> None:
    with pytest.raises(InvalidTokenError, match="includeEmail"):
        verify_identity(key, sign_identity(key, EMAIL, AUDIENCE, include_email=False), {AUDIENCE})


def test_the_published_keys_check_a_token_and_hold_no_secret(key: RSAKey) -> None:
    published = public_keys(key)
    assert set(published["keys"][0]) == {"kty", "n", "e", "kid", "alg", "use"}
    token = jwt.decode(sign_identity(key, EMAIL, AUDIENCE), KeySet([RSAKey.import_key(published["keys"][0])]))
    assert token.claims["iss"] == "https://accounts.google.com"


def test_the_key_stays_and_only_its_user_reads_it(quiet_world: World) -> None:
    first = signing_key(quiet_world.state)
    signing_key.cache_clear()
    assert signing_key(quiet_world.state).kid == first.kid
    path = quiet_world.state / "google" / "signing_key.pem"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
