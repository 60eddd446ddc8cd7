"""The message of one delivery: headers, plain text and HTML, in lines that every server takes (RFC 5322)."""

from email import charset, generator, policy
from email.utils import formataddr
from io import BytesIO

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from communication import leaving
from communication.rendering import page

QUOTED = charset.Charset("utf-8")
QUOTED.body_encoding = charset.QP
"""Seven bits and short lines, whatever a relay on the way can do."""
LINES = policy.compat32.clone(linesep="\r\n", max_line_length=998)


class AddressError(ValueError):
    """No mail server of ours takes such an address; the message says why."""


def envelope_address(address):
    """The address as SMTP takes it: the domain in ASCII. Raises AddressError for letters before the @.

    Such addresses need SMTPUTF8 (RFC 6531) on all servers on the way, and few have it.
    """
    local, _, domain = address.rpartition("@")
    try:
        local.encode("ascii")
        ascii_domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        raise AddressError("the address has letters before the @, or a domain, that mail does not take")
    if not local or not ascii_domain:
        raise AddressError("this is no address")
    return "{}@{}".format(local, ascii_domain)


def build(rendering, delivery, address):
    """The bytes of a delivery's message to that address, with CRLF at the end of each line."""
    comrade, letter = delivery.comrade, delivery.letter
    subject, text, html = rendering.for_member(comrade)
    headers = {"Message-ID": message_id(delivery)}
    if not letter.is_required:
        headers["List-Unsubscribe"] = "<{}>".format(leaving.address(comrade.pk))
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return written(_message(subject, text, html, formataddr((comrade.name, address)), headers))


def build_test(rendering, comrade, address):
    """A letter as that member would get it, sent to somebody else who tries it."""
    subject, text, html = rendering.for_staff(comrade)
    return written(_message(subject, text, html, address, {}))


def message_id(delivery):
    """The same however often a delivery is tried, so mailboxes can tell that it is one letter."""
    return "<{}@{}>".format(delivery.token.hex, settings.MAIL["sender"].rpartition("@")[2])


def written(message):
    """A message as it travels. A long link in a header stays in one line, for not all readers unfold it."""
    out = BytesIO()
    generator.BytesGenerator(out, mangle_from_=False, policy=LINES).flatten(message.message())
    return out.getvalue()


def _message(subject, text, html, to, headers):
    mail = settings.MAIL
    message = EmailMultiAlternatives(
        " ".join(subject.split()),
        text,
        formataddr((mail["sender_name"], mail["sender"])),
        [to],
        headers=headers,
        reply_to=[mail["reply_to"]] if mail.get("reply_to") else None,
    )
    message.encoding = QUOTED
    message.attach_alternative(page(subject, html), "text/html")
    return message
