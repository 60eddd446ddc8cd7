"""A member for tests."""

from membership.models import Comrade, ContactInfo

KENNITALA = "0101701234"


def make_member(kennitala=KENNITALA, **values):
    """A member of the register with an e-mail address."""
    comrade = Comrade.objects.create(ssn=kennitala, name=values.pop("name", "Jón Jónsson"), **values)
    ContactInfo.objects.create(comrade=comrade, email="jon@example.is", phone="5551234")
    return comrade
