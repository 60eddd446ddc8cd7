"""The API as it is called: over Django's test client, with the token of a function or of a person."""

from api_access.tests.issued import caller, issue, issue_to, staff
from django.utils import timezone
from rest_framework.test import APITestCase


class ApiTestCase(APITestCase):
    """`self.client` calls as bidirectional_sync, and `self.staff` as the superuser `self.user`."""

    def setUp(self):
        self.user = staff()
        self.staff = caller(issue_to(self.user))
        # In use already, so that no call writes that down.
        self.client = caller(issue("bidirectional_sync", last_used=timezone.now()))

    def sync(self, path, body=None):
        """POST to (or, without a body, GET) an address under api/sync/; the decoded answer."""
        answer = self.raw(path, body)
        self.assertEqual(answer.status_code, 200, answer.content)
        return answer.json()

    def raw(self, path, body=None):
        """The same without the check of the status; the answer."""
        address = "/felagar/api/sync/" + path
        return self.client.get(address) if body is None else self.client.post(address, body, format="json")

    def seen(self, address):
        """The header that says what a person has read at an address."""
        return {"HTTP_IF_MATCH": self.staff.get(address)["ETag"]}

    def asked_by_staff(self, path):
        """What a person gets from an address under api/sync/; the answer."""
        return self.staff.get("/felagar/api/sync/" + path)
