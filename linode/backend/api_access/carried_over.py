"""What the migrations do with the tokens of `rest_framework.authtoken`, which were kept in plain text."""

import hashlib

SHARED_ACCOUNT = "sync-service"
SHARED_TOKEN = "sync"  # noqa: S105 # nosec B105 - a name
WHAT_STAFF_COULD_DO = "members.read members.write status.read"


def carry_over(apps, schema_editor):
    """Keep a digest of each token. The functions' works as before until each function has one of its own."""
    tokens = apps.get_model("api_access", "ApiToken").objects.using(schema_editor.connection.alias)
    for plain in _plain_tokens(apps, schema_editor).select_related("user"):
        kept = {"name": SHARED_TOKEN}
        if plain.user.username != SHARED_ACCOUNT:
            kept = {"name": "carried over", "owner_id": plain.user_id, "scopes": WHAT_STAFF_COULD_DO}
        digest = hashlib.sha256(plain.key.encode()).hexdigest()
        tokens.get_or_create(digest=digest, defaults=dict(kept, created=plain.created))


def forget_plain(apps, schema_editor):
    """Remove the tokens in plain text, those that the release before made meanwhile too."""
    carry_over(apps, schema_editor)
    _plain_tokens(apps, schema_editor).delete()
    users = apps.get_model("auth", "User").objects.using(schema_editor.connection.alias)
    users.filter(username=SHARED_ACCOUNT).update(is_active=False, is_staff=False)


def _plain_tokens(apps, schema_editor):
    return apps.get_model("authtoken", "Token").objects.using(schema_editor.connection.alias)
