"""The checks of single values that the real provider has in its code, in its words.

A check takes a value and Terraform's path of it, and yields what is wrong. Schemas name them.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterator, Mapping

from local.provider.properties import Value

Check = Callable[[Value, str], Iterator[str]]

RFC1035_NAME = "^[a-z]([-a-z0-9]*[a-z0-9])?$"
ACCOUNT_ID_LENGTH = (6, 30)
POOL_ID_LENGTH = (4, 32)
LONGEST_DESCRIPTION = 256
CUSTOM_ROLE_ID = r"^[a-zA-Z0-9_\.]{3,64}$"
POOL_SUFFIX = ".svc.id.goog"
PROJECT = (
    "(?:(?:[-a-z0-9]{1,63}\\.)*(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?):)?"
    "(?:[0-9]{1,19}|(?:[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)"
)
ACCOUNT_LINK = (
    f"projects/{PROJECT}|-)/serviceAccounts/("
    f"{PROJECT})@[a-z]+.gserviceaccount.com$"
    "|[0-9]{1,20}-compute@developer.gserviceaccount.com"
    "|[a-z]([-a-z0-9]{4,28}[a-z0-9])?@[-a-z0-9\\.]{1,63}\\.iam\\.gserviceaccount\\.com$)"
)
KNOWN_MEMBERS = "(.+:.+|projectOwners|projectReaders|projectWriters|allUsers|allAuthenticatedUsers)"
MEMBER_KINDS = "https://cloud.google.com/billing/docs/reference/rest/v1/Policy#Binding"
GOOGLES_HEADERS = re.compile("(X-Google-|X-AppEngine-).*")


def account_id(value: Value, path: str) -> Iterator[str]:
    """A name of 6 to 30 characters."""
    fewest, most = ACCOUNT_ID_LENGTH
    if not fewest <= len(value) <= most:
        yield f"{quoted(path)} ({quoted(value)}) must be between {fewest} and {most} characters long"
    if not re.search(RFC1035_NAME, value):
        yield f"{quoted(path)} ({quoted(value)}) must match regex {quoted(RFC1035_NAME)}"


def account_link(value: Value, path: str) -> Iterator[str]:
    """The full name of a service account."""
    if not re.search(ACCOUNT_LINK, value):
        yield f"{quoted(path)} ({quoted(value)}) doesn't match regexp {quoted(ACCOUNT_LINK)}"


def base64_text(value: Value, path: str) -> Iterator[str]:
    """A text in base64."""
    try:
        base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        yield (
            f"could not decode {quoted(path)} as a valid base64 value. Please use the terraform base64 "
            "functions such as base64encode() or filebase64() to supply a valid base64 string"
        )


def custom_role_id(value: Value, path: str) -> Iterator[str]:
    """The id of a role of the project's own."""
    if not re.search(CUSTOM_ROLE_ID, value):
        yield f"{quoted(path)} ({quoted(value)}) doesn't match regexp {quoted(CUSTOM_ROLE_ID)}"


def http_headers(value: Value, path: str) -> Iterator[str]:
    """Headers that a job may set."""
    refused = [name for name in value if name == "Content-Length" or GOOGLES_HEADERS.search(name)]
    for name in refused[:1]:
        yield f"Cannot set the {name} header on {path}"


def iam_member(value: Value, path: str) -> Iterator[str]:
    """A member of a binding, with its kind."""
    if value.startswith("deleted"):
        yield f"invalid value for {path} (Terraform does not support IAM members for deleted principals)"
    elif not re.search(KNOWN_MEMBERS, value):
        one_of = f"IAM members must have one of the values outlined here: {MEMBER_KINDS}"
        yield f"invalid value {quoted(value)} for {path} ({one_of})"


def description(value: Value, path: str) -> Iterator[str]:
    """At most 256 characters."""
    if len(value.encode()) > LONGEST_DESCRIPTION:
        yield f"expected length of {path} to be in the range (0 - {LONGEST_DESCRIPTION}), got {value}"


def pool_id(value: Value, path: str) -> Iterator[str]:
    """The id of a workload identity pool."""
    yield from _pool_part(value.removesuffix(POOL_SUFFIX), path, f", or end in '{POOL_SUFFIX}'")


def pool_provider_id(value: Value, path: str) -> Iterator[str]:
    """The id of a workload identity pool's provider."""
    yield from _pool_part(value, path, "")


def service_domain(value: Value, _path: str) -> Iterator[str]:
    """The name of an API. Whether there is one of that name, Google says later."""
    if "." not in value:
        yield f"expected {value} to be a domain like serviceusage.googleapis.com"


def _pool_part(value: str, path: str, otherwise: str) -> Iterator[str]:
    fewest, most = POOL_ID_LENGTH
    if value.startswith("gcp-"):
        yield f'{quoted(path)} ({quoted(value)}) can not start with "gcp-"'
    if not re.search("^[0-9a-z-]+$", value):
        characters = "lowercase letters (a-z), numbers (0-9), or dashes (-)"
        yield f"{quoted(path)} must contain only {characters}{otherwise}"
    if len(value) < fewest:
        yield f"{quoted(path)} cannot be smaller than {fewest} characters"
    elif len(value) > most:
        yield f"{quoted(path)} cannot be greater than {most} characters"


def quoted(text: str) -> str:
    """A text as Go's `%q` shows it."""
    return json.dumps(text, ensure_ascii=False)


CHECKS: Mapping[str, Check] = {
    "accountId": account_id,
    "accountLink": account_link,
    "base64": base64_text,
    "customRoleId": custom_role_id,
    "httpHeaders": http_headers,
    "iamMember": iam_member,
    "length256": description,
    "poolId": pool_id,
    "poolProviderId": pool_provider_id,
    "serviceDomain": service_domain,
}
