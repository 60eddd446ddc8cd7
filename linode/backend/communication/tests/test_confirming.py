"""What a person confirms is written at once, or not at all."""

from unittest import mock

from django.contrib.auth import get_user_model
from django.test import TestCase, override_settings
from django.utils import translation
from membership.models import Comrade, Union
from membership.tests.members import make_member

from communication import deliveries
from communication.confirming import NotSendableError, approve, confirm, digest
from communication.models import Audience, Delivery, Email
from communication.tests.letters import make_letter


class ConfirmingTests(TestCase):
    """One letter."""

    def setUp(self):
        self.comrade = make_member()
        self.letter = make_letter(self.comrade, make_member("0202802229", reachable=False))

    def refused(self, number=1):
        with translation.override("en"), self.assertRaises(NotSendableError) as raised:
            confirm(self.letter, number)
        self.assertEqual(Delivery.objects.count(), 0)
        return str(raised.exception)

    def change(self, **values):
        Email.objects.filter(pk=self.letter.pk).update(**values)

    def test_a_delivery_for_each_who_gets_it(self):
        confirm(self.letter, 1)
        self.letter.refresh_from_db()
        self.assertEqual(self.letter.number, 1)
        self.assertEqual(Delivery.objects.get().comrade, self.comrade)
        self.assertEqual(deliveries.counts(self.letter)["pending"], 1)

    def test_only_once(self):
        confirm(self.letter, 1)
        with self.assertRaises(NotSendableError):
            confirm(self.letter, 1)
        self.assertEqual(Delivery.objects.count(), 1)

    def test_only_if_the_number_is_still_right(self):
        self.assertIn("There are 1 recipients now", self.refused(2))
        make_member("0303803339")
        self.letter.recipients.set(Comrade.objects.all())
        self.assertIn("There are 2 recipients now", self.refused(1))

    def test_nothing_is_half_written(self):
        failing = mock.patch("communication.deliveries.Delivery.objects.bulk_create", side_effect=KeyError)
        with failing, self.assertRaises(KeyError):
            confirm(self.letter, 1)
        self.letter.refresh_from_db()
        self.assertIsNone(self.letter.sent_at)

    def test_an_empty_audience(self):
        self.letter.recipients.clear()
        self.assertIn("nobody who may be written to", self.refused(0))

    def test_an_unknown_field(self):
        self.change(body="Kæri {kennitala}")
        self.assertIn("no such fields: {kennitala}", self.refused())

    @override_settings(MAIL={})
    def test_no_mail_server(self):
        self.assertIn("No mail server is set", self.refused())

    def test_what_everyone_must_get_needs_a_reason_and_a_second_person(self):
        gudrun, jon = [get_user_model().objects.create_user(name) for name in ("gudrun", "jon")]
        self.change(kind=Email.REQUIRED, author=gudrun)
        self.letter.refresh_from_db()
        self.assertIn("needs a reason", self.refused(2))
        self.change(reason="aðalfundur")
        self.assertIn("needs the approval", self.refused(2))
        with self.assertRaises(NotSendableError):
            approve(self.letter, gudrun, digest(self.letter))
        self.assertIn("needs the approval", self.refused(2))
        approve(self.letter, jon, digest(Email.objects.get()))
        confirm(self.letter, 2)
        self.assertEqual(Delivery.objects.count(), 2)

    def test_what_was_not_seen_is_neither_approved_nor_confirmed(self):
        board = Audience.objects.create(name="stjórn")
        self.change(kind=Email.REQUIRED, reason="aðalfundur", audience=board)
        jon = get_user_model().objects.create_user("jon")

        def body():
            self.change(body="Annað")

        def recipients():
            self.letter.recipients.set([self.comrade])

        def of_audience():
            Audience.objects.update(left=True)

        def unions():
            board.unions.add(Union.objects.create(name="VR"))

        for change in (body, recipients, of_audience, unions):
            seen = digest(Email.objects.get())
            change()
            with translation.override("en"), self.assertRaisesMessage(NotSendableError, "since you saw it"):
                approve(self.letter, jon, seen)
            self.assertIsNone(Email.objects.get().approved_by)
            Email.objects.update(approved_by=jon)
            with translation.override("en"), self.assertRaisesMessage(NotSendableError, "since you saw it"):
                confirm(self.letter, 2, seen)
            Email.objects.update(approved_by=None)
        self.assertEqual(Delivery.objects.count(), 0)


class DeliveryTests(TestCase):
    """From state to state."""

    def setUp(self):
        self.letter = make_letter(make_member(), make_member("0202802229"))
        confirm(self.letter, 2)
        self.first, self.second = self.letter.deliveries.order_by("pk")

    def state(self, delivery):
        return Delivery.objects.get(pk=delivery.pk).state

    def test_only_one_claims(self):
        self.assertTrue(deliveries.claim(self.first, "jon@example.is"))
        self.assertFalse(deliveries.claim(self.first, "jon@example.is"))

    def test_what_is_stopped_is_not_claimed_and_goes_on(self):
        deliveries.claim(self.first, "jon@example.is")
        self.assertEqual(deliveries.stop(self.letter), 1)
        self.assertFalse(deliveries.claim(self.second, "jon@example.is"))
        self.assertEqual(deliveries.go_on(self.letter), 1)
        self.assertTrue(deliveries.claim(self.second, "jon@example.is"))

    def test_what_was_interrupted_is_unknown_until_a_person_says_so(self):
        deliveries.claim(self.first, "jon@example.is")
        self.assertEqual(deliveries.give_up_interrupted("x", older_than=60), 0)
        self.assertEqual(deliveries.give_up_interrupted("x"), 1)
        self.assertEqual(self.state(self.first), Delivery.UNKNOWN)
        self.assertEqual(deliveries.due(10), [self.second])
        self.assertEqual(deliveries.send_again(self.letter), 1)
        self.assertEqual(deliveries.due(10), [self.first, self.second])

    def test_what_a_person_gave_up_does_not_come_back_by_a_late_answer(self):
        deliveries.claim(self.first, "jon@example.is")
        deliveries.give_up_interrupted("x")
        deliveries.put_off(self.first, Delivery.SENDING, 0, "450", 1)
        self.assertEqual(self.state(self.first), Delivery.UNKNOWN)

    def test_what_is_stopped_while_it_is_being_sent_does_not_go_out_later(self):
        deliveries.claim(self.first, "jon@example.is")
        deliveries.stop(self.letter)
        deliveries.put_off(self.first, Delivery.SENDING, 0, "450 later", 1)
        self.assertEqual(deliveries.due(10), [])
        deliveries.go_on(self.letter)
        self.assertEqual(deliveries.due(10), [self.first, self.second])

    def test_what_is_put_off_is_due_later(self):
        deliveries.put_off(self.first, Delivery.PENDING, 60, "450 later", 1)
        self.assertEqual(deliveries.due(10), [self.second])

    def test_who_is_erased_has_no_delivery(self):
        self.first.comrade.delete()
        deliveries.settle(self.first, Delivery.SENT, "250")
        self.assertEqual(Delivery.objects.get(), self.second)
