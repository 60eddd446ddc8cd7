"""The table of a dry run: every change, in order, and every kennitala masked."""

from unittest import TestCase

from merge_engine import dry_run_table

KENNITALA, OTHER = "0202802345", "0101701234"


def entry(kennitala=KENNITALA, django=(), firestore=(), conflicts=(), error=None):
    """A member's part of a plan, as the cloud sends it."""
    changes = {"django": list(django), "firestore": list(firestore)}
    return {"kennitala": kennitala, "changes": changes, "conflicts": list(conflicts), "error": error}


def change(field, before, after, reason="changed in firestore"):
    """One field's change."""
    return {"field": field, "before": before, "after": after, "reason": reason}


class DryRunTableTests(TestCase):
    """Rows and their table."""

    def test_each_change_is_a_row_in_the_order_of_the_kennitala(self):
        found = dry_run_table.rows(
            [
                entry(firestore=[change("name", "Jón", "Jón J.")]),
                entry(OTHER, django=[change("profile.email", None, "a@example.is")]),
            ],
            unmasked=True,
        )
        self.assertEqual(
            [row[:3] for row in found], [(OTHER, "django", "profile.email"), (KENNITALA, "firestore", "name")]
        )

    def test_a_value_that_loses_is_told_with_the_one_that_is_kept(self):
        lost = {"field": "profile.phone", "lost_on": "django", "reason": "the member wins"}
        row = dry_run_table.rows([entry(conflicts=[dict(lost, django="5551234", firestore="5554321")])])[0]
        self.assertEqual((row.where, row.before, row.after), ("conflict log", "5551234", "5554321"))
        self.assertEqual(row.reason, "the member wins; what django holds is lost")

    def test_a_member_who_cannot_be_synced_has_the_reason(self):
        error = {"code": "invalid_value", "message": "profile.gender is not one of them", "permanent": True}
        row = dry_run_table.rows([entry(error=error)])[0]
        self.assertEqual((row.where, row.reason), ("nowhere", "profile.gender is not one of them"))

    def test_what_is_no_field_is_a_row_of_its_own(self):
        told = dict(entry(django=[change("name", "Jón", "Jón J.")]), unknown_fields=["profile.nickname"])
        found = dry_run_table.rows([told, dict(entry(OTHER), unknown_fields=["profile." + OTHER])])
        self.assertEqual(found.pop(0).field, "profile.010170-****")
        self.assertEqual([row.where for row in found], ["nowhere", "django"])
        self.assertEqual((found[0].field, found[0].reason), ("profile.nickname", dry_run_table.UNKNOWN))

    def test_digits_are_masked_wherever_they_stand(self):
        changes = [change("kennitala", OTHER, KENNITALA), change("name", "Jón " + KENNITALA, 7)]
        found = dry_run_table.rows([entry(django=changes)])
        self.assertEqual({row.kennitala for row in found}, {"020280-****"})
        self.assertEqual((found[0].before, found[0].after), ("010170-****", "020280-****"))
        self.assertEqual((found[1].before, found[1].after), ("Jón 020280-****", 7))
        self.assertEqual(dry_run_table.rows([entry(django=changes)], unmasked=True)[0].before, OTHER)

    def test_a_table_has_a_line_for_each_row_whatever_the_values(self):
        changes = [change("name", "a\nb\x1b[2J", "x" * 90), change("verified", None, True)]
        lines = dry_run_table.table(dry_run_table.rows([entry(django=changes)]))
        self.assertEqual(len(lines), 3)
        self.assertNotIn("\x1b", "".join(lines))
        self.assertLess(max(map(len, lines)), 160)
        self.assertIn("true", lines[2])
