"""The logins of a world: the test persons of the stand-in for Kenni.is, and one staff account of Django."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local import authenticator
from local.django_site import site_url
from local.host_manage import manage
from local.private_file import write_private
from local.seed.register import TEST_PERSONS
from local.world import World

STAFF = "demo"
CREATE_STAFF = """
from django.contrib.auth import get_user_model
user, _ = get_user_model().objects.get_or_create(username={name!r})
user.is_staff = user.is_superuser = True
user.set_password({password!r})
user.save()
import base64
from staff import second_factor
second_factor.enrol(user, base64.b32decode({secret!r}), replace=True)
"""


@dataclass(frozen=True)
class Logins:
    """The logins of one world."""

    world: World

    @property
    def password_file(self) -> Path:
        """The file with the password of the staff account; only its owner can read it."""
        return self.world.state / "django-password"

    @property
    def secret_file(self) -> Path:
        """The file with the secret of the staff account's second factor, likewise."""
        return self.world.state / "django-second-factor"

    def ensure_staff(self) -> None:
        """Make the staff account if there is none. Its new password and secret travel by standard input."""
        if self.password_file.exists() and self.secret_file.exists():
            return
        password, secret = secrets.token_urlsafe(12), authenticator.new_secret()
        manage(self.world, "shell", CREATE_STAFF.format(name=STAFF, password=password, secret=secret))
        write_private(self.password_file, password)
        write_private(self.secret_file, secret)

    def password(self) -> str:
        """The password of the staff account."""
        return self.password_file.read_text()

    def authenticator(self) -> authenticator.Authenticator:
        """What makes the staff account's codes."""
        return authenticator.Authenticator(self.secret_file.read_text())

    def as_json(self) -> dict[str, Any]:
        """The logins for `--json`, with the names of the secrets' files instead of the secrets."""
        staff = {
            "username": STAFF,
            "passwordFile": str(self.password_file),
            "secondFactorFile": str(self.secret_file),
            "url": f"{site_url(self.world)}/admin/",
        }
        return {"kenni": TEST_PERSONS, "django": staff}

    def lines(self) -> Iterator[str]:
        """The logins as `make up` shows them, with their secrets, since the world belongs to the reader."""
        for person in TEST_PERSONS:
            roles = f" ({', '.join(person['roles'])})" if person["roles"] else ""
            yield f"portal login: {person['name']} {person['kennitala']}{roles}"
        yield f"Django login: {STAFF} / {self.password()} (from {self.password_file})"
        yield f"  its code: `python -m local code`, or an app with the key {self.secret_file.read_text()}"
