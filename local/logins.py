"""The logins of a world: the test persons of the stand-in for Kenni.is, and one staff account of Django."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
"""


@dataclass(frozen=True)
class Logins:
    """The logins of one world."""

    world: World

    @property
    def password_file(self) -> Path:
        """The file with the password of the staff account; only its owner can read it."""
        return self.world.state / "django-password"

    def ensure_staff(self) -> None:
        """Make the staff account if there is none. Its new password travels by standard input."""
        if self.password_file.exists():
            return
        password = secrets.token_urlsafe(12)
        manage(self.world, "shell", CREATE_STAFF.format(name=STAFF, password=password))
        write_private(self.password_file, password)

    def password(self) -> str:
        """The password of the staff account."""
        return self.password_file.read_text()

    def as_json(self) -> dict[str, Any]:
        """The logins for `--json`, with the name of the password's file instead of the password."""
        staff = {
            "username": STAFF,
            "passwordFile": str(self.password_file),
            "url": f"{site_url(self.world)}/admin/",
        }
        return {"kenni": TEST_PERSONS, "django": staff}

    def lines(self) -> Iterator[str]:
        """The logins as `make up` shows them, with the password, since the world belongs to the reader."""
        for person in TEST_PERSONS:
            roles = f" ({', '.join(person['roles'])})" if person["roles"] else ""
            yield f"portal login: {person['name']} {person['kennitala']}{roles}"
        yield f"Django login: {STAFF} / {self.password()} (from {self.password_file})"
