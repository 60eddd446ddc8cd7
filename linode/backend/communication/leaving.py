"""The link by which a member says, without logging in, whether letters may come; it can do nothing else.

It names the member's number in the register, signed with the site's key. It ends if that key is exchanged.
"""

import hashlib
import hmac

from django.conf import settings
from membership.editor import record_editor_name

EDITOR = "unsubscribe link"
EXAMPLE = "example"
LETTERS = 32
"""Of the signature: 128 bits."""


def address(comrade_id):
    """The whole address of a member's own page."""
    return "{}/letters/{}/".format(settings.MAIL_LINKS, signed(comrade_id))


def example():
    """What such an address looks like, for letters that are only looked at: it is nobody's."""
    return "{}/letters/{}/".format(settings.MAIL_LINKS, EXAMPLE)


def signed(comrade_id):
    """The member's number with its signature, as it stands in the address."""
    return "{}-{}".format(comrade_id, _signature(str(comrade_id)))


def member_of(written):
    """The number in a signed text; None if nobody here signed it."""
    number, _, signature = written.partition("-")
    if not hmac.compare_digest(signature.encode(), _signature(number).encode()):
        return None
    return int(number)


def set_reachable(comrade, wanted):
    """Write it into the register as any other edit: the sync carries it to the portal."""
    if comrade.reachable != wanted:
        record_editor_name(EDITOR)
        comrade.reachable = wanted
        comrade.save(update_fields=["reachable"])


def _signature(number):
    key = hashlib.sha256(b"communication.leaving" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, number.encode(), hashlib.sha256).hexdigest()[:LETTERS]
