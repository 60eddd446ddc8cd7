"""The site as a whole: health, headers, and what happens while the database is away."""

from unittest import mock

from django.db import OperationalError
from django.test import RequestFactory, TestCase, override_settings
from sync.tests.api import ApiTestCase

from ekklesia.outage import server_error

DOWN = OperationalError("could not connect to server")


class HealthTests(TestCase):
    """/felagar/healthz/."""

    def test_healthy(self):
        with override_settings(RELEASE="20251105-abc"):
            answer = self.client.get("/felagar/healthz/")
        self.assertEqual(
            (answer.status_code, answer.json()), (200, {"status": "ok", "release": "20251105-abc"})
        )
        self.assertIn("no-store", answer["Cache-Control"])

    def test_database_down(self):
        with mock.patch("django.db.backends.utils.CursorWrapper.execute", side_effect=DOWN):
            self.assertEqual(self.client.get("/felagar/healthz/").status_code, 503)

    def test_method(self):
        self.assertEqual(self.client.post("/felagar/healthz/").status_code, 405)


class OutageTests(ApiTestCase):
    """PostgreSQL is down: a quick 503, in the caller's language."""

    def test_api(self):
        with mock.patch("sync.status.summary", side_effect=DOWN):
            answer = self.asked_by_staff("status/")
        self.assertEqual((answer.status_code, answer["Retry-After"]), (503, "30"))
        self.assertEqual(answer.json()["code"], "database_unavailable")

    def test_page(self):
        self.client.force_login(self.user)
        with mock.patch("membership.admin.ComradeAdmin.get_queryset", side_effect=DOWN):
            answer = self.client.get("/admin/membership/comrade/")
        self.assertEqual(answer.status_code, 503)
        self.assertContains(answer, "cannot reach its database", status_code=503)

    def answer_to(self, error):
        try:
            raise error
        except type(error):
            return server_error(RequestFactory().get("/admin/"))

    def test_before_any_view(self):
        answer = self.answer_to(DOWN)
        self.assertEqual((answer.status_code, answer["Retry-After"]), (503, "30"))
        self.assertEqual(self.answer_to(ValueError()).status_code, 500)


class HeaderTests(TestCase):
    """The headers of every answer."""

    def test_policy(self):
        answer = self.client.get("/admin/login/")
        policy = answer["Content-Security-Policy"]
        self.assertIn("default-src 'none'", policy)
        self.assertNotIn("unsafe", policy)
        self.assertEqual(answer["X-Frame-Options"], "DENY")
        self.assertEqual(answer["Referrer-Policy"], "same-origin")

    def test_login_page_needs_no_inline_script_or_style(self):
        page = self.client.get("/admin/login/").content.decode()
        self.assertNotIn("<style", page)
        self.assertNotIn("style=", page)
        self.assertNotIn("<script>", page)
