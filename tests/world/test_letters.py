"""A letter to members reaches the world's mailbox, and its link reaches the portal's half."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.message import Message
from typing import Any
from urllib.parse import urlsplit

import httpx

from local import host_manage
from tests.host.waiting import wait_until
from tests.world.live_world import LiveWorld

SUBJECT = "Aðalfundur í þorpinu"
CONFIRM = f"""
from communication.confirming import confirm
from communication.models import Email
from membership.models import Comrade
letter = Email.objects.create(subject="{SUBJECT}", body="Sæl {{nafn}}")
members = Comrade.objects.filter(reachable=True, contact_info__email__gt="").order_by("-id")[:3]
letter.recipients.set(members)
confirm(letter, 3)
"""
SECONDS = 60
LINK = re.compile(r"<https://[^/]+(/felagar/letters/([0-9]+)-[0-9a-f]+/)>")


def arrived(world: LiveWorld) -> list[dict[str, Any]]:
    """The letters in the world's mailbox with that subject."""
    caught = httpx.get(f"{world.world.url('mail')}/api/email").json()
    return [letter for letter in caught if letter["subject"] == SUBJECT]


def as_sent(world: LiveWorld, letter: dict[str, Any]) -> Message:
    """A letter of the mailbox with every header; its list leaves most of them out."""
    source = httpx.get(f"{world.world.url('mail')}/api/email/{letter['id']}/source")
    return message_from_bytes(source.content)


def test_a_letter_arrives_once_for_each_and_its_link_is_seen_in_the_portals_half(world: LiveWorld) -> None:
    host_manage.manage(world.world, "shell --verbosity 0", CONFIRM)
    wait_until(lambda: len(arrived(world)) == 3, "three letters", SECONDS)
    addresses = {letter["envelope"]["to"][0]["address"] for letter in arrived(world)}
    assert len(addresses) == 3
    found = LINK.search(as_sent(world, arrived(world)[0])["List-Unsubscribe"])
    assert found
    link, number = urlsplit(found[1]).path, found[2]
    kennitala = world.psql(f"SELECT ssn FROM membership_comrade WHERE id = {int(number)}")  # noqa: S608 (a number)
    document = world.firestore.document(f"members/{kennitala}")
    with world.django() as site:
        assert site.get(link).status_code == 200
        assert (document.get().to_dict() or {})["profile"]["reachable"] is True
        assert site.post(link, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    wait_until(
        lambda: (document.get().to_dict() or {})["profile"]["reachable"] is False, "no more letters", SECONDS
    )
