"""The base of a document with the mark of a write of ours, after that write was given up."""

from unittest import TestCase

from merge_engine.base import base_for
from merge_engine.tests.in_memory.tables import Intent, Shadow
from merge_engine.verdict import Known, Presented

KENNITALA, OPERATION = "0101701230", "of-the-creation"
OURS, SOMEBODYS = {"name": "Ours"}, {"name": "Somebody's"}


class LateCreationTests(TestCase):
    """Somebody's own document was read in the meantime, and both sides agreed on it."""

    def setUp(self):
        self.intent = Intent(OPERATION, KENNITALA, 1, OURS, None, 0)
        self.intent.live = False
        self.shadow = Shadow(KENNITALA)
        self.shadow.base, self.shadow.mark = SOMEBODYS, {"operation": None, "read_time": 1}

    def base(self):
        """What both sides last agreed on, if the document bears the mark now."""
        presented = Presented(KENNITALA, OURS, 2, "2", OPERATION)
        return base_for(presented, Known(None, self.shadow, {OPERATION: self.intent})).values

    def test_a_creation_that_lands_after_all_is_what_was_agreed(self):
        self.assertEqual(self.base(), OURS)

    def test_one_that_was_seen_before_is_not(self):
        self.intent.landed = True
        self.assertEqual(self.base(), SOMEBODYS)

    def test_neither_is_one_of_code_that_did_not_note_what_landed(self):
        self.shadow.mark = None
        self.assertEqual(self.base(), SOMEBODYS)
