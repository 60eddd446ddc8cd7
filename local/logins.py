"""Who can log in to a world: the test persons of the stand-in for Kenni.is, and one of Django's staff."""

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
        """Holds the password of Django's staff; only its owner reads it."""
        return self.world.state / "django-password"

    def ensure_staff(self) -> None:
        """Make the staff's account with a password of its own, once. The password goes by standard input."""
        if self.password_file.exists():
            return
        password = secrets.token_urlsafe(12)
        manage(self.world, "shell", CREATE_STAFF.format(name=STAFF, password=password))
        write_private(self.password_file, password)

    def password(self) -> str:
        """The staff's password."""
        return self.password_file.read_text()

    def as_json(self) -> dict[str, Any]:
        """Names and places; the password stays in its file."""
        staff = {
            "username": STAFF,
            "passwordFile": str(self.password_file),
            "url": f"{site_url(self.world)}/admin/",
        }
        return {"kenni": TEST_PERSONS, "django": staff}

    def lines(self) -> Iterator[str]:
        """What `make up` shows a person: the password too, since the world is theirs."""
        for person in TEST_PERSONS:
            roles = f" ({', '.join(person['roles'])})" if person["roles"] else ""
            yield f"portal login: {person['name']} {person['kennitala']}{roles}"
        yield f"Django login: {STAFF} / {self.password()} (from {self.password_file})"
