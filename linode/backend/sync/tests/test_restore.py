"""A value that lost a conflict can be given back, and is then synced like any edit."""

from django.contrib.auth import get_user_model
from django.test import TestCase
from membership.models import Comrade, ContactInfo
from membership.tests.members import KENNITALA, make_member

from sync.models import Conflict
from sync.restore import NotRestorableError, restore
from sync.tests.cloud import Cloud


class RestoreTests(TestCase):
    """A conflict of each kind."""

    def setUp(self):
        self.user = get_user_model().objects.create_user("gudrun", is_staff=True)
        self.cloud = Cloud()
        self.comrade = make_member()
        self.cloud.reconcile()

    def lose(self, path, value):
        """A conflict in which this value lost."""
        return Conflict.objects.create(ssn=KENNITALA, field=path, lost_on="firestore", firestore_value=value)

    def test_values_of_every_kind(self):
        lost = {
            "name": "Annað Nafn",
            "profile.email": "old@example.is",
            "profile.gender": "female",
            "profile.birthday": "1971-02-03",
            "profile.reachable": False,
            "profile.address.city": "Akureyri",
            "profile.phone": None,
            "membership.status": "left",
            "membership.joined": "2018-01-01T00:00:00Z",
        }
        for path, value in lost.items():
            restore(self.lose(path, value), self.user)
        self.cloud.reconcile()
        self.assertEqual({path: self.cloud.get(path) for path in lost}, lost)

    def test_the_restored_edit_is_the_users(self):
        ContactInfo.objects.update(email="staff@example.is")
        self.cloud.edit("profile.email", "member@example.is")
        self.cloud.reconcile()
        conflict = Conflict.objects.get()
        restore(conflict, self.user)
        self.cloud.reconcile()
        self.assertEqual(self.cloud.get("profile.email"), "staff@example.is")
        self.assertEqual(conflict.restored_by, "gudrun")

    def test_lost_delete(self):
        self.cloud.delete()
        Comrade.objects.update(name="Jón B")
        self.cloud.reconcile()
        restore(Conflict.objects.get(), self.user)
        self.cloud.reconcile()
        self.assertFalse(Comrade.objects.exists())
        self.assertNotIn(KENNITALA, self.cloud.documents)

    def test_refusals(self):
        for path, value in [("kennitala", "0202802229"), ("membership.djangoId", 1), ("name", None)]:
            with self.assertRaises(NotRestorableError):
                restore(self.lose(path, value), self.user)
        conflict = self.lose("name", "x")
        self.comrade.delete()
        with self.assertRaises(NotRestorableError):
            restore(conflict, self.user)
