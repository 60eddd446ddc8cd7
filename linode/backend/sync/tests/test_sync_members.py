"""`manage.py sync_members`."""

from django.core.management import CommandError, call_command
from django.test import SimpleTestCase


class SyncMembersTests(SimpleTestCase):
    """A host without the settings of the nudge."""

    def test_a_host_that_cannot_call_the_cloud_says_so(self):
        with self.assertRaisesMessage(CommandError, "this host cannot call the cloud"):
            call_command("sync_members", "--dry-run")
