from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from deploy.provision.secrets import jwks


@pytest.fixture(scope="module")
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_pem(key: rsa.RSAPrivateKey) -> str:
    encoding, kind = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(encoding, kind).decode()


def test_the_published_key_verifies_what_the_key_signs(private_key: rsa.RSAPrivateKey) -> None:
    published = KeySet.import_key_set(json.loads(jwks(public_pem(private_key))))
    pem = private_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    kid = published.keys[0].kid
    token = jwt.encode({"alg": "RS256", "kid": kid}, {"sub": "host"}, RSAKey.import_key(pem))
    assert jwt.decode(token, published).claims == {"sub": "host"}


def test_the_key_is_named_by_its_thumbprint(private_key: rsa.RSAPrivateKey) -> None:
    published = json.loads(jwks(public_pem(private_key)))["keys"]
    assert [key["kid"] for key in published] == [RSAKey.import_key(public_pem(private_key)).thumbprint()]
    assert set(published[0]) == {"alg", "e", "kid", "kty", "n", "use"}
