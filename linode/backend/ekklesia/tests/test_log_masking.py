"""No kennitala in a log."""

import logging
import sys

from django.conf import settings
from django.test import SimpleTestCase
from rest_framework.test import APIClient

from ekklesia.log_masking import MaskingFormatter, without_kennitalas
from ekklesia.tests.recorded_log import recorded


class MaskingTests(SimpleTestCase):
    """What is masked, and what only looks like a kennitala."""

    def test_each_way_of_writing_one_is_masked(self):
        for written in ("0101701234", "010170-1234", "010170%2D1234"):
            self.assertEqual(without_kennitalas("/full/{}/".format(written)), "/full/010170-****/")

    def test_a_company_s_is_masked_and_several_are(self):
        self.assertEqual(without_kennitalas("4101701239 and 3112992229"), "410170-**** and 311299-****")

    def test_that_of_somebody_without_a_birthday_in_it_is_masked(self):
        self.assertEqual(without_kennitalas("/full/8123456789/"), "/full/812345-****/")

    def test_other_numbers_stay(self):
        for number in ("1764500000", "5551234", "20170101123456", "0113701234", "0000000000"):
            self.assertEqual(without_kennitalas(number), number)


class LoggedRequestTests(SimpleTestCase):
    """A refused request, as the site logs it."""

    def test_the_address_of_a_refused_request_is_logged_without_it(self):
        formatter = MaskingFormatter(settings.LOGGING["formatters"]["plain"]["format"])
        with recorded("django.request", formatter) as log:
            answer = APIClient().get("/felagar/api/full/0101701234/")
        self.assertEqual(answer.status_code, 401)
        self.assertIn("Unauthorized: /felagar/api/full/010170-****/", log.getvalue())

    def test_a_traceback_is_masked_too(self):
        try:
            raise ValueError("0101701234 is no member")
        except ValueError:
            record = logging.getLogger().makeRecord("x", logging.ERROR, "", 0, "failed", (), sys.exc_info())
        self.assertNotIn("0101701234", MaskingFormatter().format(record))

    def test_nobody_forges_a_line(self):
        """Whoever chooses a text that is logged, or an error's message."""
        formatter = MaskingFormatter("%(levelname)s %(message)s")
        try:
            raise ValueError("x\nERROR forged\x1b[2J")
        except ValueError:
            failed = sys.exc_info()
        record = logging.getLogger().makeRecord(
            "x", logging.ERROR, "", 0, "no %s", ("a\nERROR forged\r\x1b[2J\u2028ERROR",), failed
        )
        first, *traceback = formatter.format(record).splitlines()
        self.assertEqual(first, "ERROR no a\\nERROR forged\\r\\x1b[2J\\u2028ERROR")
        self.assertTrue(all(line.startswith("  ") for line in traceback), traceback)
        self.assertNotIn("\x1b", "".join(traceback))

    def test_the_site_s_own_handler_masks(self):
        self.assertEqual(
            settings.LOGGING["formatters"]["plain"]["()"], "ekklesia.log_masking.MaskingFormatter"
        )
