"""The exchange with the OpenID provider: which of its answers are accepted, and which are refused."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Callable

import pytest
from joserfc.jwk import RSAKey

from auth import jwks
from auth.id_token import Identity, InvalidIdTokenError
from auth.jwks import KeyCache, UnknownKeyError
from auth.kenni import KenniClient, KenniError
from runtime.settings import KenniSettings, load
from tests.functions.doubles.oidc import CODE, ISSUER, NONCE, VERIFIER, Clock, OidcProvider


@pytest.fixture
def provider() -> OidcProvider:
    return OidcProvider()


@pytest.fixture
def kenni(provider: OidcProvider, environment: pytest.MonkeyPatch) -> KenniClient:
    return KenniClient(load(KenniSettings), provider.session())


def test_a_code_becomes_an_identity(kenni: KenniClient, provider: OidcProvider) -> None:
    identity = kenni.identify(CODE, VERIFIER, NONCE)

    assert identity == Identity("subject-of-this-client", "0101701234", "Jón Jónsson", None, None)
    assert provider.forms == [
        {
            "grant_type": ["authorization_code"],
            "code": [CODE],
            "code_verifier": [VERIFIER],
            "redirect_uri": ["https://portal.example/callback"],
            "client_id": ["@association/portal"],
            "client_secret": ["a-client-secret"],
        }
    ]


def test_discovery_and_keys_are_kept(kenni: KenniClient, provider: OidcProvider) -> None:
    for _ in range(3):
        provider.codes.add(CODE)
        kenni.identify(CODE, VERIFIER, NONCE)

    assert len([path for path in provider.asked if not path.endswith("/token")]) == 2


BAD_CLAIMS = {
    "another nonce": {"nonce": "another-nonce-altogether"},
    "no nonce": {"nonce": None},
    "another audience": {"aud": "another-client"},
    "no audience": {"aud": None},
    "several audiences without us as the party": {"aud": ["@association/portal", "other"], "azp": "other"},
    "another issuer": {"iss": "https://evil.example"},
    "no issuer": {"iss": None},
    "expired": {"exp": int(time.time()) - 61, "iat": int(time.time()) - 90},
    "no expiry": {"exp": None},
    "from the future": {"iat": int(time.time()) + 86_400},
    "issued long ago": {"iat": int(time.time()) - 7200},
    "no issue time": {"iat": None},
    "no subject": {"sub": None},
    "an endless subject": {"sub": "s" * 200},
    "no national_id": {"national_id": None},
    "a national_id of nine digits": {"national_id": "010170123"},
    "a national_id that is a number": {"national_id": 101701234},
}


@pytest.mark.parametrize("claims", BAD_CLAIMS.values(), ids=BAD_CLAIMS.keys())
def test_a_token_that_says_the_wrong_thing_is_refused(
    kenni: KenniClient, provider: OidcProvider, claims: dict[str, object]
) -> None:
    provider.claims = claims

    with pytest.raises(InvalidIdTokenError):
        kenni.identify(CODE, VERIFIER, NONCE)


@pytest.mark.parametrize(("claim", "seconds"), [("exp", -45), ("iat", 55)])
def test_clocks_may_differ_by_a_minute(
    kenni: KenniClient, provider: OidcProvider, claim: str, seconds: int
) -> None:
    """What has expired has some seconds left of the minute, since a busy machine needs them."""
    provider.claims = {claim: int(time.time()) + seconds}

    assert kenni.identify(CODE, VERIFIER, NONCE).kennitala == "0101701234"


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def _relabelled(provider: OidcProvider, algorithm: str) -> str:
    """A good token's claims under another algorithm, not yet signed."""
    header = json.dumps({"alg": algorithm, "kid": "key-1"}).encode()
    return f"{_encoded(header)}.{provider.id_token().split('.')[1]}"


def _unsigned(provider: OidcProvider) -> None:
    provider.raw_token = f"{_relabelled(provider, 'none')}."


def _symmetric(provider: OidcProvider) -> None:
    """A well-known attack: the public key used as a shared secret."""
    signed = _relabelled(provider, "HS256")
    signature = hmac.digest(provider.key.as_pem(private=False), signed.encode(), "sha256")
    provider.raw_token = f"{signed}.{_encoded(signature)}"


def _other_algorithm(provider: OidcProvider) -> None:
    provider.signing_key = RSAKey.import_key(provider.key.as_dict(private=True) | {"alg": "RS512"})
    provider.header = {"alg": "RS512"}


def _other_key(provider: OidcProvider) -> None:
    provider.signing_key = RSAKey.generate_key(2048, parameters={"kid": "key-1"})


def _unknown_key(provider: OidcProvider) -> None:
    provider.header = {"kid": "key-of-nobody"}


def _no_key_id(provider: OidcProvider) -> None:
    provider.header = {"kid": None}


def _altered(provider: OidcProvider) -> None:
    header, _, signature = provider.id_token().split(".")
    claims = json.dumps({"national_id": "0202802345"}).encode()
    provider.raw_token = f"{header}.{_encoded(claims)}.{signature}"


def _garbage(provider: OidcProvider) -> None:
    provider.raw_token = "not.a.token"


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize(
    "forge",
    [_unsigned, _symmetric, _other_algorithm, _other_key, _unknown_key, _no_key_id, _altered, _garbage],
)
def test_a_forged_token_is_refused(
    kenni: KenniClient, provider: OidcProvider, forge: Callable[[OidcProvider], None]
) -> None:
    forge(provider)

    with pytest.raises(InvalidIdTokenError):
        kenni.identify(CODE, VERIFIER, NONCE)


def test_rotated_keys_are_fetched_again(
    kenni: KenniClient, provider: OidcProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    kenni.identify(CODE, VERIFIER, NONCE)
    provider.rotate()
    provider.codes.add(CODE)
    monkeypatch.setattr(jwks, "REFETCH_SECONDS", 0.0)

    assert kenni.identify(CODE, VERIFIER, NONCE).kennitala == "0101701234"


def test_a_code_serves_once(kenni: KenniClient) -> None:
    kenni.identify(CODE, VERIFIER, NONCE)

    with pytest.raises(KenniError, match="HTTP 400"):
        kenni.identify(CODE, VERIFIER, NONCE)


@pytest.mark.parametrize(
    "answer",
    [
        (500, {}),
        (302, {}),
        (200, b"<html>"),
        (200, {}),
        (200, []),
        (200, {"id_token": 7}),
        (200, b"x" * 300_000),
    ],
)
def test_an_answer_without_a_token_is_refused(
    kenni: KenniClient, provider: OidcProvider, answer: tuple[int, object]
) -> None:
    provider.token_answer = answer

    with pytest.raises(KenniError):
        kenni.identify(CODE, VERIFIER, NONCE)


def test_a_provider_that_does_not_answer_is_told_without_the_code(
    kenni: KenniClient, provider: OidcProvider
) -> None:
    provider.down = True

    with pytest.raises(KenniError, match="no answer: ConnectionError") as caught:
        kenni.identify(CODE, VERIFIER, NONCE)
    assert CODE not in str(caught.value)


@pytest.mark.parametrize(
    "discovery",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": None},
        {"token_endpoint": "http://kenni.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
    ],
)
def test_a_discovery_document_that_leads_astray_is_refused(
    kenni: KenniClient, provider: OidcProvider, discovery: dict[str, object]
) -> None:
    provider.discovery = discovery

    with pytest.raises(KenniError):
        kenni.identify(CODE, VERIFIER, NONCE)
    assert provider.forms == []


def _key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, parameters={"kid": kid})


def test_unknown_keys_do_not_make_us_hammer_the_provider() -> None:
    clock = Clock(0.0)
    fetches: list[float] = []
    known = _key("known").as_dict(private=False)

    def fetch() -> object:
        fetches.append(clock.now)
        return {"keys": [known]}

    cache = KeyCache(fetch, ttl_seconds=3600, clock=clock)
    for second in range(0, 120, 10):
        clock.now = float(second)
        with pytest.raises(UnknownKeyError):
            cache.key("forged")

    assert fetches == [0.0, 60.0]
    assert cache.key("known").kid == "known"


def test_keys_are_fetched_again_when_they_are_old() -> None:
    clock = Clock(0.0)
    fetches: list[float] = []
    known = _key("known").as_dict(private=False)

    def fetch() -> object:
        fetches.append(clock.now)
        return {"keys": [known]}

    cache = KeyCache(fetch, ttl_seconds=3600, clock=clock)
    for second in (0, 3599, 3600):
        clock.now = float(second)
        cache.key("known")

    assert fetches == [0.0, 3600.0]


@pytest.mark.parametrize(
    "published",
    [
        None,
        {},
        {"keys": "x"},
        {"keys": [None, 7, {"kty": "RSA", "kid": "known"}]},
        {"keys": [{"kty": "EC", "kid": "known"}]},
        {"keys": [{"kty": "RSA", "kid": "known", "use": "enc", "n": "AQ", "e": "AQAB"}]},
    ],
)
def test_keys_that_cannot_be_used_are_passed_over(published: object) -> None:
    with pytest.raises(UnknownKeyError):
        KeyCache(lambda: published, ttl_seconds=60).key("known")


def test_the_issuer_of_the_double_is_the_configured_one(environment: pytest.MonkeyPatch) -> None:
    assert load(KenniSettings).issuer == ISSUER
