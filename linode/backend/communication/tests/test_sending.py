"""Messages to members."""

from django.core import mail
from django.test import TestCase
from membership.models import Comrade
from membership.tests.members import make_member

from communication.models import Email
from communication.sending import send


class SendingTests(TestCase):
    """One message."""

    def test_each_gets_a_letter_of_their_own_and_only_once(self):
        reachable = make_member()
        silent = make_member("0202802229", reachable=False)
        nowhere = Comrade.objects.create(ssn="0303803339", name="Án netfangs")
        email = Email.objects.create(subject="Fundur", body="Kl. 20")
        email.recipients.set([reachable, silent, nowhere])
        self.assertEqual(send(email), 1)
        self.assertEqual([letter.to for letter in mail.outbox], [["jon@example.is"]])
        self.assertEqual(send(email), 0)
        self.assertEqual(len(mail.outbox), 1)
