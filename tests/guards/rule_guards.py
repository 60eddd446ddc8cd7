"""Guards of Firestore's rules: what members and those who were staff could otherwise do from a browser."""

from __future__ import annotations

from tests.guards.guard import Guard

RULES = "infra/firestore.rules"
TEST = "tests/rules/test_firestore_rules.py::test_every_case_of_the_rules_holds"


def _rule(name: str, stops: str, old: str, new: str) -> Guard:
    return Guard(name, stops, RULES, old, new, TEST)


RULE_GUARDS = (
    _rule(
        "rules-ask-the-present-document",
        "the token of somebody who was staff, in the database",
        "        && isActive(callersDocument()) && hasStaffRole(callersDocument());",
        ";",
    ),
    _rule(
        "rules-ask-whether-a-superuser-is-one",
        "the token of somebody who was a superuser, in the database",
        "        && isActive(callersDocument()) && isNamedSuperuser(callersDocument());",
        ";",
    ),
    _rule(
        "rules-ask-whether-a-member-is-one",
        "the token of somebody who was a member",
        "        && isActive(callersDocument());\n    }\n\n    function isMember",
        ";\n    }\n\n    function isMember",
    ),
    _rule(
        "edits-change-contact-fields-alone",
        "a member who gives themselves a role or a status",
        ".affectedKeys().hasOnly(['profile', 'updatedAt', 'lastEdit', 'editPlace', 'editTimes'])",
        ".affectedKeys().hasAny(['profile', 'updatedAt', 'lastEdit', 'editPlace', 'editTimes'])",
    ),
    _rule(
        "addresses-are-maps",
        "a member who makes their membership permanent by an address that is a text",
        "      return (after == before || after == null || after is map)\n        && ",
        "      return ",
    ),
    _rule(
        "texts-have-a-size",
        "a member whose document the other half cannot take, by 900 kB of a street",
        "value is string && value.size() <= limit\n",
        "value is string\n",
    ),
    _rule(
        "addresses-of-letters-are-checked",
        "an address to which no letter can be sent",
        "        && isEmail(changes.get('profile.email', null))\n",
        "",
    ),
    _rule(
        "rules-limit-edits",
        "a member who edits sixty times in twelve seconds, past the function",
        "        && isWithinRate(before, after)\n",
        "",
    ),
    _rule(
        "rules-take-no-edit-of-nothing",
        "a member who fills the queue with edits that change nothing, past the function",
        "        && after.profile != before.get('profile', null)\n",
        "",
    ),
    _rule(
        "entries-name-their-author",
        "a member who writes another one's name into the record",
        "        && entry.editedBy == request.auth.uid\n",
        "",
    ),
    _rule(
        "entries-vouch-for-an-edit",
        "an entry that says something else than the document",
        "        && isProfileAfter(before.get('profile', null), after.profile, entry.changes)\n",
        "",
    ),
)
