"""Members are found by what people type, whoever wrote the register's tables, and by an index."""

import json
import os
import random
import re
import threading
import unicodedata
from contextlib import contextmanager
from unittest import skipUnless
from unittest.mock import patch

import django
from django.db import connection, transaction
from django.test import TestCase, TransactionTestCase
from django.test.utils import CaptureQueriesContext

from membership.models import Comrade, ContactInfo, SearchEntry, SimpleAddress
from membership.search import found
from membership.tests.invented_people import LETTERS, Person, plain
from membership.tests.members import KENNITALA, make_member

SEED = int(os.environ.get("EKKLESIA_SEED", "17"))
PEOPLE = 25
TYPED_FOR = {
    "ð": "d",
    "đ": "d",
    "þ": "th",
    "æ": "ae",
    "œ": "oe",
    "ø": "o",
    "ł": "l",
    "ħ": "h",
    "ŧ": "t",
    "ı": "i",
}
"""What people type whose keyboard lacks a letter."""
LARGE = 100000


def names(typed):
    return sorted(found(Comrade.objects.all(), typed).values_list("name", flat=True))


def typed_abroad(text):
    return "".join(TYPED_FOR.get(letter, letter) for letter in plain(text))


def judged(person, typed, fold):
    """Whether somebody who types this means that person, by plain Python over the person's own words."""
    words = re.split(r"[\W_]+", fold("{} {} {}".format(person.name, person.town, person.postal_code)))
    numbers = [person.kennitala, person.phone]
    year, month, day = person.birthday
    days = ["{}.{}.{}".format(day, month, year), "{:04}-{:02}-{:02}".format(year, month, day)]
    without = re.sub(r"^\+354|[^0-9]", "", typed)
    if typed in days:
        return True
    if not re.search(r"[^0-9+ -]", typed) and any(number.startswith(without) for number in numbers):
        return True
    if fold(person.email).startswith(fold(typed)):
        return True
    wanted = re.split(r"[\W_]+", fold(typed))
    return all(any(word.startswith(want) for word in [*words, *numbers]) for want in wanted)


class InventedPeopleTests(TestCase):
    """Judged without the register's own folding."""

    @classmethod
    def setUpTestData(cls):
        chance = random.Random(SEED)  # nosec B311 - invented people, no secret
        cls.people = [Person(chance, number) for number in range(1000, 1000 + PEOPLE)]
        for person in cls.people:
            person.enter()
        cls.chance = chance

    def test_whoever_is_meant_is_found_and_nobody_else(self):
        for person in self.people:
            for typed in person.searches(self.chance):
                there = set(found(Comrade.objects.all(), typed).values_list("ssn", flat=True))
                meant = {it.kennitala for it in self.people if judged(it, typed, plain)}
                perhaps = {it.kennitala for it in self.people if judged(it, typed, typed_abroad)}
                said = "seed {}: {!r} for {!r}".format(SEED, typed, person.name)
                self.assertIn(person.kennitala, meant, said)
                self.assertLessEqual(meant, there, said)
                self.assertLessEqual(there, meant | perhaps, said)

    def test_each_letter_is_folded_as_unicode_says(self):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT letter, search_letters(letter) FROM unnest(%s::text[]) AS letter", [LETTERS]
            )
            for letter, folded in cursor.fetchall():
                for form in ("NFC", "NFD"):
                    self.assertIn(
                        folded, (typed_abroad(letter), typed_abroad(unicodedata.normalize(form, letter)))
                    )


class WordsTests(TestCase):
    """The examples of the office."""

    @classmethod
    def setUpTestData(cls):
        make_member(name="Ásgeir Þór Önnuson")
        comrade = make_member("3112692829", name="Anna von Berg", birthday="1969-12-31")
        ContactInfo.objects.filter(comrade=comrade).update(email="anna.b@felag.is", phone="+4512345678")
        SimpleAddress.objects.create(comrade=comrade, city="Ísafjörður", postal_code="400")

    def test_names(self):
        for typed in ("asgeir", "ÞÓR", "thor", "önnuson", "ASG  onnu", "A\u0301sgeir", "þór ásgeir", "ásg"):
            self.assertEqual(names(typed), ["Ásgeir Þór Önnuson"], typed)
        for typed in ("Anna von", "von  berg", "anna-von", "berg, anna"):
            self.assertEqual(names(typed), ["Anna von Berg"], typed)
        make_member("0202802229", name="\uae40")  # Hangul: its parts are letters, no accents
        self.assertEqual(names("\u1100\u1175\u11b7"), ["\uae40"])
        for typed in ("sgeir", "anna þór", "-", "'", "\\", "%", "a | c", "!", "*"):
            self.assertEqual(names(typed), [], typed)

    def test_what_else_is_known(self):
        for typed in (
            "311269-2829", "311269 2829", "311269\u20132829", "3112692829", "3112", "31.12.1969",
            "31/12/1969", "31. 12. 1969",
            "31.12.69", "1969-12-31", "19691231", "ísafj", "400 ísafjörður", "ANNA.B@fel", "anna.b",
            "+45 12 34 56 78", "004512345678", "anna 3112", "31.12.1969 +45 1234", "31.12.1969 400",
        ):  # fmt: skip
            self.assertEqual(names(typed), ["Anna von Berg"], typed)
        for typed in (
            "5551234",
            "555-1234",
            "555 12",
            "+354 555 1234",
            "00354 5551234",
            "354 555 1234",
            "jon@",
        ):
            self.assertEqual(names(typed), ["Ásgeir Þór Önnuson"], typed)
        for typed in ("32.12.1969", "30.12.1969", "2829", "19", "felag.is"):
            self.assertEqual(names(typed), [], typed)

    def test_many_are_found_as_few_are(self):
        with patch("membership.search.FEW", 1):
            self.assertEqual(names("an"), ["Anna von Berg"])
            self.assertEqual(len(names("a")), 2)

    def test_nothing_typed_leaves_nobody_out(self):
        self.assertEqual(len(names("  ")), 2)


class WaysInTests(TestCase):
    """Whoever writes to the tables, and however: the entry follows."""

    UPSERT = """
        INSERT INTO membership_comrade
            (ssn, name, date_joined, reachable, groupable, gender, housing_situation, status)
        VALUES (%s, %s, now(), true, true, 0, 0, 'active')
        ON CONFLICT (ssn) DO UPDATE SET name = excluded.name
    """

    def setUp(self):
        self.comrade = make_member()

    def test_each_way_of_writing(self):
        Comrade.objects.update(name="Bulk")
        self.assertEqual(names("bulk"), ["Bulk"])
        ContactInfo.objects.filter(comrade=self.comrade).update(phone="5557777")
        self.assertEqual((names("5557777"), names("5551234")), (["Bulk"], []))
        SimpleAddress.objects.bulk_create([SimpleAddress(comrade=self.comrade, city="Vík")])
        self.assertEqual(names("vik"), ["Bulk"])
        with connection.cursor() as cursor:
            cursor.execute("UPDATE membership_comrade SET name = 'Psql'")
            cursor.execute("UPDATE membership_comrade SET birthday = '1970-01-02'")
        self.assertEqual(names("psql 2.1.1970"), ["Psql"])

    def test_an_upsert_as_the_sync_makes_it(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('ekklesia.applying', 'on', true)")
            for ssn, name in ((KENNITALA, "Changed"), ("0202802229", "Made")):
                cursor.execute(self.UPSERT, [ssn, name])
        self.assertEqual((names("changed"), names("made"), names("jónsson")), (["Changed"], ["Made"], []))

    def test_a_row_that_gets_another_owner_and_one_that_goes(self):
        other = Comrade.objects.create(ssn="0202802229", name="Önnur")
        ContactInfo.objects.update(comrade=other)
        self.assertEqual(names("5551234"), ["Önnur"])
        ContactInfo.objects.all().delete()
        self.assertEqual(names("5551234"), [])
        Comrade.objects.filter(pk=other.pk).delete()
        self.assertEqual(names("önnur"), [])

    def test_days_that_python_has_not(self):
        with connection.cursor() as cursor:
            for day in ("infinity", "10000-01-01", "0044-03-15 BC"):
                cursor.execute("UPDATE membership_comrade SET birthday = %s", [day])
                self.assertEqual(names("jón"), ["Jón Jónsson"])


class AtOnceTests(TransactionTestCase):
    """Two who edit different tables of one member at once: the entry has what both wrote."""

    def test_neither_edit_is_lost(self):
        with self.renamed_meanwhile():
            ContactInfo.objects.update(phone="5557777")
        self.assertEqual(names("nýtt 5557777"), ["Nýtt Nafn"])

    def test_nor_if_the_first_has_only_locked_the_entry_so_far(self):
        with self.renamed_meanwhile(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")  # the trigger comes later
            ContactInfo.objects.update(phone="5557777")
            cursor.execute("SET LOCAL session_replication_role = origin")
            list(SearchEntry.objects.select_for_update())
            self.other.start()
            self._wait_for_the_other()
            cursor.execute("SELECT search_renew(ARRAY(SELECT id FROM membership_comrade))")
        self.assertEqual(names("nýtt 5557777"), ["Nýtt Nafn"])

    @contextmanager
    def renamed_meanwhile(self):
        """A transaction, and another one that renames the member at the same time."""
        make_member()

        def rename():
            Comrade.objects.update(name="Nýtt Nafn")
            connection.close()

        self.other = threading.Thread(target=rename)
        with transaction.atomic():
            yield
            if not self.other.ident:
                self.other.start()
                self._wait_for_the_other()
        self.other.join()

    def _wait_for_the_other(self):
        """Until it waits for a lock."""
        waiting = (
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        with connection.cursor() as cursor:
            for _ in range(1000):
                cursor.execute("SELECT pg_stat_clear_snapshot(), pg_sleep(0.01)")
                cursor.execute(waiting)
                if cursor.fetchone()[0]:
                    return
        self.fail("nobody waits")


class OrderTests(TestCase):
    """Names come in the order of the Icelandic alphabet."""

    IN_ORDER = [
        "Aron",
        "Axel",
        "Ás",
        "Bára",
        "Davíð",
        "Dögg",
        "Ðan",
        "Eva",
        "Éva",
        "Íris",
        "Jón",
        "Óli",
        "Sif",
        "Una",
        "Úlfur",
        "Yrsa",
        "Ýmir",
        "Zoë",
        "Þór",
        "Æsa",
        "Örn",
    ]

    def test_names(self):
        mixed = random.Random(SEED).sample(self.IN_ORDER, len(self.IN_ORDER))  # nosec B311 - no secret
        Comrade.objects.bulk_create(
            [Comrade(ssn="{:010}".format(number), name=name) for number, name in enumerate(mixed)]
        )
        self.assertEqual(list(Comrade.objects.values_list("name", flat=True)), self.IN_ORDER)


@skipUnless(django.VERSION > (3,), "the statements are the same on the legacy runtime")
class LargeRegisterTests(TestCase):
    """Among 100,000 members, each search reads the index, and few pages."""

    FILL = """
        INSERT INTO membership_comrade
            (ssn, name, date_joined, reachable, groupable, gender, housing_situation, status)
        SELECT to_char(number, 'FM0000000000'),
            'Jóna' || number %% 50 || ' Nafn' || number %% 5000 || 'dóttir', now(), true, true, 0, 0, 'active'
        FROM generate_series(1, %s) AS number;
        INSERT INTO membership_searchentry (comrade_id, words)
        SELECT id, array_to_tsvector(search_words(name) || ssn::text) FROM membership_comrade;
        ANALYZE membership_comrade; ANALYZE membership_searchentry
    """

    def test_the_index_serves(self):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(self.FILL, [LARGE])
            cursor.execute("SET LOCAL session_replication_role = origin")
        for typed, number in (
            ("nafn4321D", 20),
            ("jona21 Nafn4321dó", 20),
            ("000007-7777", 1),
            ("0000077778 jóna", 1),
        ):
            with CaptureQueriesContext(connection) as captured:
                self.assertEqual(len(found(Comrade.objects.all(), typed)[:50]), number, typed)
            plans = [
                self.explained(query["sql"]) for query in captured if "search_letters" not in query["sql"]
            ]
            self.assertIn("search_words", json.dumps(plans[0]), typed)
            self.assertNotIn("Seq Scan", json.dumps(plans), typed)
            pages = sum(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] for plan in plans)
            self.assertLess(pages, 300, typed)

    def explained(self, query):
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + query)
            answer = cursor.fetchone()[0]
        return (answer if isinstance(answer, list) else json.loads(answer))[0]["Plan"]
