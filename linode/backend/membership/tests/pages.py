"""The admin's pages, as a member of staff opens, fills in and sends them."""

from django.contrib.auth import get_user_model
from django.test import TestCase


class AdminTestCase(TestCase):
    """Logged in as a superuser."""

    def setUp(self):
        self.user = get_user_model().objects.create_superuser("gudrun", "gudrun@example.is", "x")
        self.client.force_login(self.user)

    def post(self, address, data):
        response = self.client.post(address, data)
        if response.status_code == 200:
            errors = [response.context["adminform"].form.errors]
            errors += [inline.formset.errors for inline in response.context["inline_admin_formsets"]]
            self.fail("the form was refused: {}".format(errors))
        self.assertEqual(response.status_code, 302)

    def act(self, address, action, rows, **extra):
        data = dict({"action": action, "_selected_action": [row.pk for row in rows]}, **extra)
        return self.client.post(address, data)
