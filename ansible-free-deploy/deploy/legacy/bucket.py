"""The project's own bucket, where a deploy finds what an earlier one made, should Debian's servers move.

Read and written with the deployer's own Google identity. Without one, or without the bucket, a deploy goes on
without it. Whoever reads from it checks the checksum.
"""

from __future__ import annotations

import base64
import hashlib
import ssl
from urllib.parse import quote

import httpx

from deploy.remote import google_identity
from deploy.remote.errors import DeployError
from deploy.remote.stack_file import Bucket

SCOPE = "https://www.googleapis.com/auth/devstorage.read_write"
TIMEOUT = httpx.Timeout(60.0, connect=5.0)
EXISTS = 412
"""The precondition that there is no such object has failed."""


class BucketError(Exception):
    """The bucket could not be used; the message is one line that says why."""


def fetch(bucket: Bucket, name: str) -> bytes | None:
    """An object's content; None if there is none of that name. Raises BucketError."""
    url = f"{bucket.storage_url}/storage/v1/b/{bucket.name}/o/{quote(name, safe='')}"
    answer = _call(bucket, "GET", url, params={"alt": "media"})
    if answer.status_code == httpx.codes.NOT_FOUND:
        return None
    return _well(answer, name).content


def add(bucket: Bucket, name: str, content: bytes) -> None:
    """Make an object, unless there is one of that name. Raises BucketError.

    Google makes it only if the content has the MD5 announced at the start, so half of one never stays.
    """
    url = f"{bucket.storage_url}/upload/storage/v1/b/{bucket.name}/o"
    digest = base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
    query = {"uploadType": "resumable", "ifGenerationMatch": "0"}
    announced = _call(bucket, "POST", url, params=query, json={"name": name, "md5Hash": digest})
    if announced.status_code == EXISTS:
        return
    session = _well(announced, name).headers["Location"]
    _well(_call(bucket, "PUT", session, content=content), name)


def _call(bucket: Bucket, method: str, url: str, **options: object) -> httpx.Response:
    trust = ssl.create_default_context()
    headers = {"Authorization": f"Bearer {_token(bucket)}"}
    try:
        with httpx.Client(timeout=TIMEOUT, verify=trust, headers=headers) as client:
            return client.request(method, url, **options)  # type: ignore[arg-type]
    except httpx.HTTPError as error:
        raise BucketError(f"{bucket.name}: {error!r}") from None


def _token(bucket: Bucket) -> str:
    try:
        return bucket.access_token or google_identity.access_token(SCOPE)
    except DeployError as error:
        raise BucketError(f"{bucket.name}: {error}") from None


def _well(answer: httpx.Response, name: str) -> httpx.Response:
    if answer.is_error:
        raise BucketError(f"{name}: HTTP {answer.status_code}")
    return answer
