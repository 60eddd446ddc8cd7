"""The API as the cloud calls it: over Django's test client, with the service account's token."""

from django.contrib.auth import get_user_model
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient, APITestCase


class ApiTestCase(APITestCase):
    """`self.client` carries the token of a staff account, `self.user`."""

    def setUp(self):
        self.user = get_user_model().objects.create_user("sync-service", is_staff=True)
        token = Token.objects.create(user=self.user)
        self.client.credentials(HTTP_AUTHORIZATION="Token " + token.key)

    def stranger(self, **credentials):
        """A client without the token."""
        client = APIClient()
        client.credentials(**credentials)
        return client

    def sync(self, path, body=None):
        """POST to (or, without a body, GET) an address under api/sync/; the decoded answer."""
        answer = self.raw(path, body)
        self.assertEqual(answer.status_code, 200, answer.content)
        return answer.json()

    def raw(self, path, body=None):
        """The same without the check of the status; the answer."""
        address = "/felagar/api/sync/" + path
        return self.client.get(address) if body is None else self.client.post(address, body, format="json")
