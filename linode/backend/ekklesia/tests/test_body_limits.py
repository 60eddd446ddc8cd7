"""How much a request may send, by its path."""

from unittest.mock import patch

from django.test import TestCase
from django.urls import get_resolver

from ekklesia.body_limits import LIMITS, MEGABYTE, megabytes

UPLOAD = "/admin/communication/email/"


def pages(patterns=None, before="/"):
    """The address of every page of the site, with what it takes as it stands in the pattern."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        address = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from pages(pattern.url_patterns, address)
        else:
            yield address


class LimitTests(TestCase):
    """nginx is not there in these tests: Django refuses by itself."""

    def status(self, path, megabytes, content_type="application/json"):
        return self.client.post(path, b" " * (megabytes * MEGABYTE + 1), content_type=content_type)

    def test_the_sync_s_routes_take_more_than_all_others(self):
        self.assertEqual(self.status("/felagar/api/sync/apply/", 15).status_code, 401)
        self.assertEqual(self.status("/felagar/api/sync/apply/", 16).status_code, 413)
        for path in ("/felagar/api/full/", "/felagar/api/sync", "/admin/login/", "/nothing/"):
            self.assertEqual(self.status(path, 1).status_code, 413, path)

    def test_the_answer_names_the_limit_in_the_reader_s_language(self):
        answer = self.status("/felagar/api/full/", 1)
        self.assertEqual(answer.json()["code"], "body_too_large")
        self.assertIn("1 MB", answer.json()["detail"])
        page = self.status("/admin/login/", 1).content.decode()
        self.assertIn("hámarkið er 1 MB", page)
        self.assertIn("the limit on this page is 1 MB", page)

    def test_a_named_page_of_staff_takes_uploads(self):
        with patch.dict(LIMITS["uploads"], {"paths": [UPLOAD]}):
            self.assertEqual(megabytes(UPLOAD + "add/"), 25)
            self.assertNotEqual(self.status(UPLOAD + "add/", 20).status_code, 413)
            self.assertIn("25 MB", self.status(UPLOAD + "add/", 25).content.decode())

    def test_a_page_has_more_than_1_mb_only_if_it_is_named(self):
        """There is no page for uploads yet. Whoever makes one names it here and in nothing else."""
        self.assertEqual(LIMITS["uploads"]["paths"], [])
        larger = {page for page in pages() if megabytes(page) > LIMITS["elsewhere"]}
        self.assertEqual({megabytes(page) for page in larger}, {16})
        self.assertTrue(all(page.startswith("/felagar/api/sync/") for page in larger))

    def test_what_is_named_is_a_page(self):
        for limit in [*LIMITS["routes"], *({"path": path} for path in LIMITS["uploads"]["paths"])]:
            self.assertTrue(any(page.startswith(limit["path"]) for page in pages()), limit)

    def test_a_length_that_is_no_number_is_none(self):
        answer = self.client.post("/admin/login/", "a=b", content_type="text/plain", CONTENT_LENGTH="x")
        self.assertNotEqual(answer.status_code, 500)
