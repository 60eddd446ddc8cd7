"""The search that the portal's list asks for."""

from api_access.tests.issued import caller, issue
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from membership.models import Comrade, SimpleAddress
from membership.tests.members import KENNITALA, make_member

from sync.search_view import LONGEST, PAGE_SIZE

ADDRESS = "/felagar/api/sync/search/"


class SearchTests(TestCase):
    """As the function `searchmembers` calls it."""

    def setUp(self):
        self.client = caller(issue("searchmembers"))
        self.comrade = make_member(status="suspended")
        SimpleAddress.objects.create(comrade=self.comrade, city="Vík", postal_code="870")
        Comrade.objects.bulk_create(
            [Comrade(ssn="{:010}".format(number), name="Nafn {:02}".format(number)) for number in range(60)]
        )

    def search(self, **order):
        answer = self.client.post(ADDRESS, order, format="json")
        self.assertEqual(answer.status_code, 200, answer.content)
        self.assertNotIn(KENNITALA, answer.content.decode())
        return answer.json()

    def test_one_is_shown_without_the_whole_kennitala(self):
        found = self.search(text=KENNITALA)
        self.assertEqual(found["total"], 1)
        wanted = {"name": "Jón Jónsson", "kennitala": "010170-****", "email": "jon@example.is", "city": "Vík"}
        wanted.update(djangoId=self.comrade.pk, phone="5551234", status="suspended")
        self.assertEqual(found["members"], [wanted])

    def test_pages(self):
        first, second, third = (self.search(page=number) for number in (1, 2, 3))
        self.assertEqual([page["total"] for page in (first, second, third)], [61, 61, 61])
        self.assertEqual([len(page["members"]) for page in (first, second, third)], [PAGE_SIZE, 11, 0])
        names = [member["name"] for member in first["members"] + second["members"]]
        self.assertEqual(names, ["Jón Jónsson"] + ["Nafn {:02}".format(number) for number in range(60)])

    def test_filters(self):
        self.assertEqual(self.search(text="j", status="suspended")["total"], 1)
        self.assertEqual(self.search(status="left")["total"], 0)
        south = [{"first": "780", "last": "785"}, {"first": "800", "last": "899"}]
        self.assertEqual(self.search(postal_codes=south)["total"], 1)
        SimpleAddress.objects.update(postal_code="8700 DK")
        self.assertEqual(self.search(postal_codes=south)["total"], 0)

    def test_a_page_asks_the_register_twice_however_many_it_shows(self):
        with CaptureQueriesContext(connection) as captured:
            self.search(text="nafn")
        asked = [query["sql"] for query in captured if "membership_comrade" in query["sql"]]
        self.assertEqual(len(asked), 2)

    def test_bad_orders(self):
        for wrong in (
            {"text": "x" * (LONGEST + 1)},
            {"text": "a\x00b"},
            {"page": 0},
            {"status": "dead"},
            {"postal_codes": [{"first": "1", "last": "999"}]},
            {"postal_codes": [{"first": "101", "last": "999"}] * 51},
        ):
            self.assertEqual(self.client.post(ADDRESS, wrong, format="json").status_code, 400, wrong)
