"""The API writes over nothing that its caller has not seen."""

import threading

from api_access.tests.issued import caller, issue_to, staff
from django.db import connection
from django.test import TransactionTestCase
from sync.tests.api import ApiTestCase

from membership.models import Comrade, ForeignAddress
from membership.tests.members import KENNITALA, make_member

ADDRESS = "/felagar/api/full/{}/".format(KENNITALA)


class PreconditionTests(ApiTestCase):
    """`If-Match` on members and their foreign addresses."""

    def setUp(self):
        super().setUp()
        self.comrade = make_member()

    def put(self, body, **headers):
        return self.staff.put(ADDRESS, body, format="json", **headers)

    def test_a_change_that_does_not_say_what_it_saw_is_refused(self):
        for headers in ({}, {"HTTP_IF_MATCH": "*"}, {"HTTP_IF_MATCH": " , "}):
            answer = self.staff.patch(ADDRESS, {"name": "Ný"}, format="json", **headers)
            self.assertEqual(answer.status_code, 428)
        self.assertEqual(Comrade.objects.get().name, "Jón Jónsson")

    def test_what_was_read_earlier_reverts_nobodys_edit(self):
        read = self.staff.get(ADDRESS)
        self.comrade.contact_info.email = "nytt@example.is"
        self.comrade.contact_info.save()
        answer = self.put(dict(read.json(), name="Jón B"), HTTP_IF_MATCH=read["ETag"])
        self.assertEqual(answer.status_code, 412)
        member = Comrade.objects.get()
        self.assertEqual((member.name, member.contact_info.email), ("Jón Jónsson", "nytt@example.is"))

    def test_the_answers_tag_serves_for_the_next_change(self):
        first = self.put(self.staff.get(ADDRESS).json(), HTTP_IF_MATCH=self.staff.get(ADDRESS)["ETag"])
        self.assertEqual(first.status_code, 200, first.content)
        weak = {"HTTP_IF_MATCH": 'W/{}, "other"'.format(first["ETag"])}
        self.assertEqual(self.staff.patch(ADDRESS, {"name": "Ný"}, format="json", **weak).status_code, 200)
        again = self.staff.patch(ADDRESS, {"name": "Önnur"}, format="json", **weak)
        self.assertEqual(again.status_code, 412)

    def test_an_address_abroad(self):
        address = ForeignAddress.objects.create(comrade=self.comrade, city="Árósar", country="DK")
        one = "/felagar/api/members/{}/foreign-addresses/{}/".format(KENNITALA, address.pk)
        seen = self.seen(one)
        self.assertEqual(self.staff.delete(one).status_code, 428)
        ForeignAddress.objects.update(city="Aarhus")
        self.assertEqual(self.staff.delete(one, **seen).status_code, 412)
        self.assertEqual(self.staff.patch(one, {"city": "Á"}, format="json", **seen).status_code, 412)
        self.assertEqual(self.staff.delete(one, **self.seen(one)).status_code, 204)


class AtOnceTests(TransactionTestCase):
    """Two who saw the same: one of them is told."""

    def test_of_two_changes_at_once_one_is_refused(self):
        make_member()
        token = issue_to(staff())
        tag, statuses = caller(token).get(ADDRESS)["ETag"], []

        def change(name):
            answer = caller(token).patch(ADDRESS, {"name": name}, format="json", HTTP_IF_MATCH=tag)
            statuses.append(answer.status_code)
            connection.close()

        threads = [threading.Thread(target=change, args=("Nafn {}".format(number),)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(statuses), [200, 412, 412, 412])
