"""Proves to the cloud who the host is, without a key of Google's: workload identity federation.

The host signs a short-lived token with a key that never leaves it, exchanges the token at the security token
service (RFC 8693), and gets an identity token of the nudge's service account for it.
"""

import base64
import hashlib
import json
import time

import jwt
import requests
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from jwt.algorithms import RSAAlgorithm

TIMEOUT = (3.05, 15)
"""Seconds to connect and to wait for an answer."""
TOKEN_SECONDS = 300
CLOCK_LEEWAY_SECONDS = 60
IDENTITY_SECONDS = 45 * 60
"""An identity token lives for an hour."""


class Identity:
    """The identity token of the nudge's service account, kept until shortly before it expires."""

    def __init__(self):
        self._token = None
        self._expires = 0.0

    def token(self):
        """A token for NUDGE_AUDIENCE. Raises RequestException, OSError or ValueError (key file, answers)."""
        if time.monotonic() >= self._expires:
            self._token = self._generate(_exchange(subject_token()))
            self._expires = time.monotonic() + IDENTITY_SECONDS
        return self._token

    def forget(self):
        """Get a new token the next time."""
        self._expires = 0.0

    def _generate(self, access_token):
        url = "{}/v1/projects/-/serviceAccounts/{}:generateIdToken".format(
            settings.NUDGE["NUDGE_IAM_CREDENTIALS_URL"].rstrip("/"), settings.NUDGE["NUDGE_SERVICE_ACCOUNT"]
        )
        body = {"audience": settings.NUDGE["NUDGE_AUDIENCE"], "includeEmail": True}
        return post(url, headers=bearer(access_token), json=body).json()["token"]


def subject_token():
    """The token that says "I am the host", for the pool's provider; signed with the host's own key."""
    with open(settings.NUDGE["NUDGE_KEY_FILE"], "rb") as file:
        key = load_pem_private_key(file.read(), password=None)
    now = int(time.time())
    claims = {
        "iss": settings.NUDGE["NUDGE_ISSUER"],
        "sub": settings.NUDGE["NUDGE_SUBJECT"],
        "aud": "https:" + settings.NUDGE["NUDGE_POOL_PROVIDER"],
        "iat": now - CLOCK_LEEWAY_SECONDS,
        "exp": now + TOKEN_SECONDS,
    }
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": key_id(key.public_key())})


def key_id(public_key):
    """The RFC 7638 thumbprint of an RSA key: the `kid` under which the pool's provider knows it."""
    jwk = json.loads(RSAAlgorithm.to_jwk(public_key))
    members = json.dumps(
        {name: jwk[name] for name in ("e", "kty", "n")}, sort_keys=True, separators=(",", ":")
    )
    return base64.urlsafe_b64encode(hashlib.sha256(members.encode()).digest()).rstrip(b"=").decode()


def _exchange(token):
    """Google's access token in exchange for the host's own token (RFC 8693)."""
    body = {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "audience": settings.NUDGE["NUDGE_POOL_PROVIDER"],
        "scope": "https://www.googleapis.com/auth/cloud-platform",
        "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",  # nosec B105
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",  # nosec B105
        "subject_token": token,
    }
    return post(settings.NUDGE["NUDGE_STS_URL"].rstrip("/") + "/v1/token", data=body).json()["access_token"]


def bearer(token):
    """The header that carries a token."""
    return {"Authorization": "Bearer " + token}


def post(url, **options):
    """POST with a time-out, following no redirect. Raises RequestException, for an error status too."""
    answer = requests.post(url, timeout=TIMEOUT, allow_redirects=False, **options)
    answer.raise_for_status()
    return answer
