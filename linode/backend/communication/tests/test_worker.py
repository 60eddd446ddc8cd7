"""What the worker and its connection do in moments that a storm seldom meets (tests/linode/mail)."""

from unittest import mock

from django.conf import settings
from django.db import OperationalError
from django.test import SimpleTestCase, TestCase
from membership.models import Comrade, ContactInfo
from membership.tests.members import make_member

from communication import deliveries
from communication.confirming import confirm
from communication.models import Delivery
from communication.rendering import Rendering
from communication.smtp_session import (
    LostError,
    NoServerError,
    NotReachedError,
    RefusedError,
    Session,
)
from communication.tests.letters import make_letter
from communication.worker import ATTEMPTS, Worker


class WorkerTests(TestCase):
    """One delivery, whose batch was read some time ago."""

    def setUp(self):
        self.letter = make_letter(make_member())
        confirm(self.letter, 1)
        self.row = deliveries.due(1)[0]
        self.session = mock.Mock(**{"hand_over.return_value": "250 taken"})

    def send(self):
        worker = Worker(settings.MAIL)
        session = mock.patch.object(worker, "_session", return_value=self.session)
        with session, mock.patch("communication.worker.close_old_connections"):
            worker._task(self.row, Rendering(self.letter))

    def state(self):
        return Delivery.objects.get().state

    def test_it_goes_to_the_address_of_this_moment(self):
        ContactInfo.objects.update(email="new@example.is")
        self.send()
        self.assertEqual(self.session.offer.call_args[0][1], "new@example.is")
        self.assertEqual(self.state(), Delivery.SENT)

    def test_who_wants_no_more_letters_gets_none(self):
        Comrade.objects.update(reachable=False)
        self.send()
        self.session.offer.assert_not_called()
        self.assertEqual(self.state(), Delivery.FAILED)

    def test_a_recipient_on_whom_the_server_always_hangs_up_is_given_up(self):
        for step in (self.session.offer, self.session.hand_over):
            Delivery.objects.update(state=Delivery.PENDING, attempts=0, due_at=self.row.due_at)
            step.side_effect = NotReachedError("the connection ended")
            for _ in range(ATTEMPTS):
                self.assertEqual(self.state(), Delivery.PENDING)
                self.send()
            self.assertEqual(self.state(), Delivery.FAILED)
            self.assertEqual(Delivery.objects.get().reply, "the connection ended")
            step.side_effect = None

    def test_no_server_at_all_counts_for_nobody(self):
        self.session.offer.side_effect = NoServerError("no answer")
        for _ in range(ATTEMPTS + 1):
            self.send()
        self.assertEqual((self.state(), Delivery.objects.get().attempts), (Delivery.PENDING, 0))

    def test_what_was_stopped_or_erased_is_not_even_offered(self):
        deliveries.stop(self.letter)
        self.send()
        Comrade.objects.get().delete()
        self.send()
        self.session.offer.assert_not_called()

    def test_a_connection_with_an_open_offer_is_not_used_again(self):
        failing = mock.patch("communication.worker.deliveries.claim", side_effect=OperationalError)
        with failing, self.assertRaises(OperationalError):
            self.send()
        self.session.close.assert_called_once_with()
        self.session.hand_over.assert_not_called()


class SessionTests(SimpleTestCase):
    """What a mail server's answers mean."""

    def connected(self, *answers):
        session = Session(settings.MAIL)
        session._smtp = mock.Mock(**{"docmd.side_effect": answers})
        return session

    def test_a_refused_sender_is_no_fault_of_the_recipient(self):
        for code in (450, 550):
            with self.assertRaisesRegex(NoServerError, "refuses the sender: {} no".format(code)):
                self.connected((code, b"no")).offer("felag@example.is", "jon@example.is")

    def test_a_refused_recipient_is(self):
        with self.assertRaises(RefusedError) as raised:
            self.connected((250, b"ok"), (550, b"nobody")).offer("felag@example.is", "jon@example.is")
        self.assertTrue(raised.exception.permanent)

    def test_what_is_no_answer_of_smtp_does_not_say_that_the_text_was_taken(self):
        for code in (-1, 354):
            session = self.connected((354, b"go on"))
            session._smtp.getreply.return_value = (code, b"???")
            with self.assertRaises(LostError):
                session.hand_over(b"text")
            self.assertIsNone(session._smtp)

    def test_a_connection_that_cannot_be_made_ends_nothing(self):
        wrong_name = type("CertificateError", (ValueError,), {})("hostname does not match")
        accents = UnicodeEncodeError("ascii", "lykilorð", 7, 8, "not in range")
        for error, said in ((wrong_name, "hostname does not match"), (accents, "user or password")):
            connecting = mock.patch("communication.smtp_session._ThroughProxy", side_effect=error)
            with connecting, self.assertRaisesRegex(NoServerError, said) as raised:
                Session(settings.MAIL).offer("felag@example.is", "jon@example.is")
            self.assertNotIn("lykilorð", str(raised.exception))
