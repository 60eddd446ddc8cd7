"""A corrected kennitala takes roles and their history along, and nobody in who logged in with the old one."""

from __future__ import annotations

from typing import Any

import pytest
from google.cloud import firestore

from auth.tokens import custom_token
from members import deployed
from members.membership import LOGINS
from runtime import clients
from tests.functions.auth_emulator import Browser, said_by
from tests.functions.both_halves import ANNA, JON
from tests.functions.entry_points.calls import Serve, call, put
from tests.functions.entry_points.test_rights import UID, claims, project, revoking, staff

__all__ = ["project", "staff"]
NEW = "0101709999"


def correct(client: firestore.Client, **fields: Any) -> None:
    """What the sync's one commit leaves behind."""
    client.collection("members").document(JON).delete()
    put(client, NEW, roles=["admin"], movedFrom=[JON], **fields)


def test_roles_go_along_and_sessions_end(serve: Serve, staff: Browser, client: firestore.Client) -> None:
    client.collection("role_changes").document("given").set({"kennitala": JON, "by": ANNA})
    correct(client)
    serve("track_member_changes")
    with revoking():
        deployed.rights().renew(NEW)

    assert claims() == {}
    assert (client.collection(LOGINS).document(UID).get().to_dict() or {})["kennitala"] == NEW
    assert (client.collection("role_changes").document("given").get().to_dict() or {})["kennitala"] == NEW
    confirmed = deployed.members().confirmed
    assert confirmed.of(NEW) == {"admin"}
    assert not confirmed.of(JON)
    assert "movedFrom" not in (client.collection("members").document(NEW).get().to_dict() or {})


@pytest.mark.parametrize("kennitala", [JON, NEW])
def test_whichever_number_is_renewed_first_no_role_is_lost(
    serve: Serve, staff: Browser, client: firestore.Client, kennitala: str
) -> None:
    correct(client)
    serve("track_member_changes")

    deployed.rights().renew(kennitala)
    deployed.rights().renew(JON)

    assert deployed.members().membership(NEW).roles == ("member", "admin")
    assert claims() == {}


def test_the_nightly_run_carries_over_what_no_event_did(
    serve: Serve, staff: Browser, client: firestore.Client
) -> None:
    correct(client)
    serve("bidirectional_sync")

    deployed.rights().renew_all(30)

    assert deployed.members().confirmed.of(NEW) == {"admin"}
    assert claims() == {}


def test_a_role_counts_before_it_is_carried_over(staff: Browser, client: firestore.Client) -> None:
    correct(client)

    assert deployed.members().membership(NEW).roles == ("member", "admin")


def test_an_old_session_learns_to_log_in_again_and_changes_nothing(
    serve: Serve, staff: Browser, client: firestore.Client
) -> None:
    correct(client)
    serve("track_member_changes")
    deployed.rights().renew(NEW)

    answer = call(serve("verify_membership"), None, staff.id_token)

    assert answer.status_code == 401
    assert claims() == {}


def test_a_log_in_of_before_opens_nothing(
    serve: Serve, staff: Browser, client: firestore.Client, auth_emulator: str
) -> None:
    """The wrong number may be another person's, who kept the custom token that holds for an hour."""
    kept = custom_token(UID, clients.firebase_app())
    correct(client)
    serve("track_member_changes")
    deployed.rights().renew(NEW)

    again = Browser(auth_emulator, kept)

    assert said_by(again.id_token).keys() & {"kennitala", "roles", "isMember"} == set()
    assert call(serve("verify_membership"), None, again.id_token).status_code == 403


def test_a_log_in_with_the_new_number_has_the_roles(
    staff: Browser, client: firestore.Client, serve: Serve
) -> None:
    correct(client)
    serve("track_member_changes")
    deployed.rights().renew(NEW)

    deployed.rights().logged_in(UID, deployed.members().membership(NEW))

    assert claims() == {"kennitala": NEW, "roles": ["member", "admin"], "isMember": True}
    assert deployed.rights().renew(NEW) == 0
