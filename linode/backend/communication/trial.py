"""A letter that staff send to themselves, to see it in a mailbox. Nothing is recorded."""

from django.conf import settings

from communication import message
from communication.rendering import Rendering
from communication.smtp_session import LostError, NotReachedError, RefusedError, Session


def send(letter, comrade, address):
    """Send it to this address, as that member would get it; why it was not sent, empty if it was."""
    session = Session(settings.MAIL)
    try:
        content = message.build_test(Rendering(letter), comrade, address)
        session.offer(settings.MAIL["sender"], message.envelope_address(address))
        session.hand_over(content)
    except (message.AddressError, RefusedError, NotReachedError, LostError) as reason:
        return str(reason)
    finally:
        session.close()
    return ""
