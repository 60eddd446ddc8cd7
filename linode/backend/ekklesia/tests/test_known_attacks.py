"""Attacks on Django that were tried on this site, each by the number of its advisory.

The oldest Django that the host was ever seen with (2.2.3) withstands none of them; no deploy installs it.
"""

import unittest
from contextlib import contextmanager
from unittest.mock import patch

import django
from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth.hashers import get_hasher
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http.multipartparser import LazyStream, MultiPartParserError
from django.test import RequestFactory, TestCase, modify_settings
from django.utils.translation.trans_real import parse_accept_lang_header
from membership.models import Comrade

from ekklesia.tests.recorded_log import recorded


@contextmanager
def limited_reads(most):
    """Fails at one read more of a request's body, before millions of them take a minute."""
    read, times = LazyStream.read, []

    def counted(stream, size=None):
        times.append(size)
        if len(times) > most:
            raise AssertionError("the body was read in more than {} pieces".format(most))
        return read(stream, size)

    with patch.object(LazyStream, "read", counted):
        yield


@unittest.skipIf(django.VERSION[:3] == (2, 2, 3), "the oldest Django has none of the cures")
class KnownAttacks(TestCase):
    """A visitor, or a link that staff click."""

    @modify_settings(MIDDLEWARE={"remove": "ekklesia.list_parameters.DeclaredParametersOnly"})
    def test_cve_2025_64459_a_list_s_address_is_no_part_of_the_query(self):
        Comrade.objects.create(ssn="0101701234", name="Jón")
        self.client.force_login(get_user_model().objects.create_superuser("staff", "s@example.is", "x"))
        for forged in ("OR 1=1 OR", ") UNION SELECT (1"):
            question = {"ssn": "x", "name": "x", "_connector": forged}
            answer = self.client.get("/admin/membership/comrade/", question)
            self.assertEqual(
                (answer.status_code, answer.get("Location")), (302, "/admin/membership/comrade/?e=1")
            )

    def test_cve_2026_33033_whitespace_in_a_file_costs_no_time(self):
        part = b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n'
        part += b"Content-Transfer-Encoding: base64\r\n\r\n"
        for rest, expected in ((b"DREVG", b"ABCDEF"), (b"D", b"ABC")):
            body = part + b"QUJ" + b" " * 8 * 1024 * 1024 + rest + b"\r\n--x--\r\n"
            request = RequestFactory().post("/", body, content_type="multipart/form-data; boundary=x")
            with limited_reads(1000):
                self.assertEqual(request.FILES["f"].read(), expected)

    def test_a_file_that_ends_within_its_base64_is_refused(self):
        part = b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n'
        part += b"Content-Transfer-Encoding: base64\r\n\r\nQUJDR\r\n--x--\r\n"
        request = RequestFactory().post("/", part, content_type="multipart/form-data; boundary=x")
        with self.assertRaises(MultiPartParserError):
            self.assertIsNone(request.FILES)

    def test_cve_2023_24580_a_request_has_a_limit_of_files(self):
        files = {"file{}".format(number): SimpleUploadedFile("f", b"x") for number in range(101)}
        self.assertEqual(self.client.post("/admin/login/", files).status_code, 400)

    def test_cve_2023_23969_only_so_much_of_accept_language_is_read(self):
        wanted = ",".join("is-x{}".format(number) for number in range(10000))
        self.assertLess(len(parse_accept_lang_header(wanted)), 200)

    def test_cve_2024_39329_an_unusable_password_takes_as_long_as_a_wrong_one(self):
        user = get_user_model().objects.create_user("service")
        self.assertFalse(user.has_usable_password())
        hasher = get_hasher()
        request = RequestFactory().post("/admin/login/", REMOTE_ADDR="203.0.113.7")
        with patch.object(type(hasher), "encode", autospec=True, side_effect=type(hasher).encode) as encode:
            self.assertIsNone(authenticate(request, username="service", password="guess"))
        self.assertTrue(encode.called)

    def test_cve_2025_48432_a_visitor_writes_no_line_of_the_log(self):
        with recorded("django.request") as log:
            self.client.get("/felagar/x%0aERROR forged%0d%1b[31m/")
        self.assertEqual(len(log.getvalue().splitlines()), 1)
        self.assertNotIn("\x1b", log.getvalue())
