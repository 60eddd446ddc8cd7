"""An access token of the backups' service account, without a key from Google on the host.

The host signs a short-lived token with a key that only root can read, exchanges it at the security token
service (RFC 8693), and asks for an access token of the account. Django's nudge does the same by itself.
"""

import base64
import hashlib
import json
import subprocess
import time
from typing import Any, Dict
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

from ekklesia_backup.configuration import Offsite
from ekklesia_backup.errors import BackupError

TIMEOUT_SECONDS = 60
TOKEN_SECONDS = 300
CLOCK_LEEWAY_SECONDS = 60
EXPONENT = (65537).to_bytes(3, "big")
"""Every RSA key that openssl makes has this exponent."""
CLOUD_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
STORAGE_SCOPE = "https://www.googleapis.com/auth/devstorage.read_write"
SHOWN_CHARACTERS = 200


class _NoRedirects(HTTPRedirectHandler):
    """Makes a redirect an error: Python would follow it with the token, to whichever host it names."""

    def redirect_request(self, *args: Any) -> None:  # type: ignore[override]  # it answers nothing, on purpose
        """See HTTPRedirectHandler."""


_opener = build_opener(_NoRedirects)


def access_token(offsite: Offsite) -> str:
    """A token with the rights of the service account. Raises BackupError that says who refused."""
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "audience": offsite.pool_provider,
        "scope": CLOUD_SCOPE,
        "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",  # nosec B105
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",  # nosec B105
        "subject_token": _subject_token(offsite),
    }
    exchange = Request(offsite.sts_url + "/v1/token", urlencode(form).encode())
    federated = json_of(exchange, "token exchange")["access_token"]
    account = "/v1/projects/-/serviceAccounts/{}:generateAccessToken".format(offsite.service_account)
    wanted = json.dumps({"scope": [STORAGE_SCOPE]}).encode()
    headers = {"Authorization": "Bearer " + federated, "Content-Type": "application/json"}
    request = Request(offsite.iam_credentials_url + account, wanted, headers)
    return json_of(request, "token of the service account")["accessToken"]


def json_of(request: Request, what: str) -> Dict[str, Any]:
    """The JSON of the answer."""
    with opened(request, what) as answer:
        return json.loads(answer.read().decode())


def opened(request: Request, what: str) -> Any:
    """The answer to a request. Raises BackupError with the reason in the answer, which holds no token."""
    try:
        # The addresses are those that `fab configure` wrote, all of them http or https.
        return _opener.open(request, timeout=TIMEOUT_SECONDS)
    except HTTPError as error:
        with error:
            raise BackupError("{}: HTTP {}: {}".format(what, error.code, _reason(error)))
    except (URLError, OSError) as error:
        raise BackupError("{}: {}".format(what, getattr(error, "reason", error)))


def _reason(error: HTTPError) -> str:
    """What Google's answer says is wrong, in one line."""
    text = error.read().decode(errors="replace")
    try:
        content = json.loads(text)
        text = content.get("error_description") or content["error"]["message"]
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    return " ".join(str(text).split())[:SHOWN_CHARACTERS]


def _subject_token(offsite: Offsite) -> str:
    """The token that says "I am the host's backup"."""
    now = int(time.time())
    claims = {
        "iss": offsite.issuer,
        "sub": offsite.subject,
        "aud": "https:" + offsite.pool_provider,
        "iat": now - CLOCK_LEEWAY_SECONDS,
        "exp": now + TOKEN_SECONDS,
    }
    header = {"alg": "RS256", "typ": "JWT", "kid": key_id(_modulus(offsite.key_file))}
    signed = ".".join(_base64url(json.dumps(part).encode()) for part in (header, claims))
    signature = _openssl(["dgst", "-sha256", "-sign", offsite.key_file], signed.encode())
    return signed + "." + _base64url(signature)


def key_id(modulus: bytes) -> str:
    """The RFC 7638 thumbprint of an RSA key: the `kid` under which the pool's provider knows it."""
    members = {"e": _base64url(EXPONENT), "kty": "RSA", "n": _base64url(modulus)}
    canonical = json.dumps(members, sort_keys=True, separators=(",", ":"))
    return _base64url(hashlib.sha256(canonical.encode()).digest())


def _modulus(key_file: str) -> bytes:
    printed = _openssl(["rsa", "-in", key_file, "-noout", "-modulus"]).decode()
    return bytes.fromhex(printed.strip().partition("=")[2])


def _openssl(arguments, content: bytes = b"") -> bytes:
    done = subprocess.run(
        ["openssl", *arguments],
        input=content,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        check=False,
    )
    if done.returncode:
        complaint = " ".join(done.stderr.decode(errors="replace").split())
        raise BackupError("openssl {}: {}".format(arguments[0], complaint[:SHOWN_CHARACTERS]))
    return done.stdout


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
