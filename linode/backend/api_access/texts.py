"""What the page of the API's tokens says in the admin."""

from wording.texts import Texts

TEXTS = Texts(
    {
        "app": "Aðgangur að API",
        "revoke": "Afturkalla valda lykla",
        "revoke.done": "{number} afturkallaðir",
        "scopes": "heimildir",
        "apitoken": "API-lykill",
        "apitoken.many": "API-lyklar",
        "apitoken.name": "heiti",
        "apitoken.owner": "eigandi",
        "apitoken.scopes": "heimildir",
        "apitoken.created": "stofnaður",
        "apitoken.last_used": "síðast notaður",
        "apitoken.expires": "rennur út",
        "apitoken.revoked": "afturkallaður",
    },
    {
        "app": "Access to the API",
        "revoke": "Revoke the chosen tokens",
        "revoke.done": "{number} revoked",
        "scopes": "scopes",
        "apitoken": "API token",
        "apitoken.many": "API tokens",
        "apitoken.name": "name",
        "apitoken.owner": "owner",
        "apitoken.scopes": "scopes",
        "apitoken.created": "made",
        "apitoken.last_used": "last used",
        "apitoken.expires": "expires",
        "apitoken.revoked": "revoked",
    },
)
text, label = TEXTS.text, TEXTS.label
