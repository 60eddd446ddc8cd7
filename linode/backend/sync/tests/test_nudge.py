"""The nudge is sent after commit, outside the request, once for many changes, and no save fails with it."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from tempfile import NamedTemporaryFile
from unittest import mock
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.db import transaction
from django.test import SimpleTestCase, TransactionTestCase, override_settings
from membership.models import Comrade, ContactInfo
from membership.tests.members import make_member

from sync import nudge, nudge_identity, register

PROVIDER = "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Google(BaseHTTPRequestHandler):
    """Answers as the token services and the function do, and records the requests."""

    requests = []
    status = 200

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.requests.append((self.path, self.headers.get("Authorization"), body))
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(json.dumps({"access_token": "access", "token": "identity"}).encode())

    def log_message(self, *args):
        """Log nothing."""


class SendTests(SimpleTestCase):
    """One nudge, against a server that plays Google."""

    def setUp(self):
        Google.requests, Google.status = [], 200
        self.server = HTTPServer(("127.0.0.1", 0), Google)
        self.addCleanup(self.server.server_close)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.shutdown)
        nudge._identity.forget()

    def settings_for(self, **changes):
        key_file = NamedTemporaryFile()  # noqa: SIM115 - closed with the test
        self.addCleanup(key_file.close)
        pem = KEY.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        key_file.write(pem)
        key_file.flush()
        base = "http://127.0.0.1:{}".format(self.server.server_port)
        names = {
            "NUDGE_URL": base + "/bidirectional_sync",
            "NUDGE_AUDIENCE": "https://audience",
            "NUDGE_STS_URL": base + "/sts",
            "NUDGE_IAM_CREDENTIALS_URL": base + "/iamcredentials",
            "NUDGE_POOL_PROVIDER": PROVIDER,
            "NUDGE_SERVICE_ACCOUNT": "sync-nudge@p.iam.gserviceaccount.com",
            "NUDGE_ISSUER": "https://starf.example",
            "NUDGE_SUBJECT": "django",
            "NUDGE_KEY_FILE": key_file.name,
        }
        return override_settings(NUDGE=dict(names, **changes))

    def test_exchange(self):
        with self.settings_for():
            self.assertTrue(nudge.send())
        (sts, iam, sync) = Google.requests
        form = {name: values[0] for name, values in parse_qs(sts[2]).items()}
        self.assertEqual((sts[0], form["audience"]), ("/sts/v1/token", PROVIDER))
        claims = jwt.decode(
            form["subject_token"], KEY.public_key(), algorithms=["RS256"], audience="https:" + PROVIDER
        )
        self.assertEqual((claims["iss"], claims["sub"]), ("https://starf.example", "django"))
        self.assertLessEqual(claims["exp"] - claims["iat"], 600)
        account = "/iamcredentials/v1/projects/-/serviceAccounts/sync-nudge@p.iam.gserviceaccount.com"
        self.assertEqual((iam[0], iam[1]), (account + ":generateIdToken", "Bearer access"))
        self.assertEqual(json.loads(iam[2])["audience"], "https://audience")
        self.assertEqual(sync, ("/bidirectional_sync", "Bearer identity", ""))

    def test_identity_is_kept_until_it_is_refused(self):
        with self.settings_for():
            nudge.send()
            nudge.send()
            self.assertEqual(len(Google.requests), 4)
            Google.status = 403
            self.assertFalse(nudge.send())
            Google.status = 200
            nudge.send()
        self.assertEqual(len(Google.requests), 8)

    def test_failures_are_logged_without_secrets(self):
        broken = [
            {"NUDGE_STS_URL": "http://127.0.0.1:1"},
            {"NUDGE_KEY_FILE": "/nonexistent"},
            {"NUDGE_KEY_FILE": __file__},
            {"NUDGE_URL": "nonsense"},
        ]
        for changes in broken:
            with self.settings_for(**changes), self.assertLogs("sync.nudge", "WARNING") as logs:
                self.assertFalse(nudge.send())
                nudge._identity.forget()
            self.assertNotIn("identity", logs.output[0])

    def test_key_id_is_the_rfc_7638_thumbprint(self):
        """The example of RFC 7638, section 3.1."""
        modulus = (
            "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3"
            "oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdA"
            "ZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-"
            "kEgU8awapJzKnqDKgw"
        )
        public = jwt.algorithms.RSAAlgorithm.from_jwk(json.dumps({"kty": "RSA", "n": modulus, "e": "AQAB"}))
        self.assertEqual(nudge_identity.key_id(public), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")


@override_settings(NUDGE={"NUDGE_URL": "http://127.0.0.1:1"})
class RequestTests(TransactionTestCase):
    """When a nudge is asked for."""

    def asked(self, function):
        """How often a nudge is asked for while the function runs."""
        with mock.patch.object(threading.Thread, "start") as start:
            function()
        return start.call_count

    def test_after_commit_and_once(self):
        def edit():
            with transaction.atomic():
                comrade = make_member()
                comrade.save()
                self.assertEqual(threading.Thread.start.call_count, 0)

        self.assertEqual(self.asked(edit), 1)

    def test_every_way_of_editing(self):
        make_member()
        self.assertEqual(self.asked(lambda: Comrade.objects.update(gender=1)), 1)
        self.assertEqual(self.asked(lambda: ContactInfo.objects.bulk_create([])), 1)
        self.assertGreaterEqual(self.asked(lambda: Comrade.objects.all().delete()), 1)

    def test_not_after_a_rollback(self):
        def edit():
            with self.assertRaises(RuntimeError), transaction.atomic():
                make_member()
                raise RuntimeError

        self.assertEqual(self.asked(edit), 0)

    def test_not_for_the_syncs_own_changes(self):
        make_member()

        def apply():
            with transaction.atomic(), register.applying():
                register.delete(["0101701234"])

        self.assertEqual(self.asked(apply), 0)

    def test_save_succeeds_where_no_thread_can_be_had(self):
        with mock.patch.object(threading.Thread, "start", side_effect=RuntimeError), self.assertLogs(
            "sync.nudge"
        ):
            make_member()
        self.assertEqual(Comrade.objects.count(), 1)

    def test_asks_while_one_is_sent_become_one_more(self):
        sent = []

        def send():
            sent.append(1)
            if len(sent) == 1:
                for _ in range(5):
                    nudge._wanted.set()
                    nudge._send_while_wanted()

        with mock.patch.object(nudge, "send", send):
            nudge._wanted.set()
            nudge._send_while_wanted()
        self.assertEqual(len(sent), 2)
