"""What the page for letters says in the admin."""

from wording.texts import Texts

TEXTS = Texts(
    {
        "app": "Samskipti",
        "send": "Senda",
        "send.done": "{letter}: sent til {number}.",
        "email": "bréf",
        "email.many": "bréf",
        "email.subject": "efni",
        "email.body": "texti",
        "email.recipients": "viðtakendur",
        "email.author": "höfundur",
        "email.created_at": "stofnað",
        "email.sent_at": "sent",
    },
    {
        "app": "Letters",
        "send": "Send",
        "send.done": "{letter}: sent to {number}.",
        "email": "letter",
        "email.many": "letters",
        "email.subject": "subject",
        "email.body": "text",
        "email.recipients": "recipients",
        "email.author": "author",
        "email.created_at": "made",
        "email.sent_at": "sent on",
    },
)
text, label = TEXTS.text, TEXTS.label
