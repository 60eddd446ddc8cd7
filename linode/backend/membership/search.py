"""Finds members by what people type: any words of a name, a town, a phone, a birth date, a number, an e-mail.

Letter case and accents make no difference, nor do hyphens and spaces in numbers. Each word may be a
beginning, and each has to be found. A member's words are in one row, which triggers keep (sql/search.sql).
The functions that fold them fold what is typed, too. Who may search is not this module's to say.
"""

import re
import unicodedata
from datetime import date

from django.db import connection, models

SPACE = re.compile(r"\s+")
DASHES = re.compile("[\u00ad\u2010-\u2015\u2212]")
NUMBER = re.compile(r"(?<!\S)\(?\+? ?[0-9](?:[0-9 .()/-]*[0-9])?(?!\S)")
"""Digits with what people write between them."""
NO_DIGIT = re.compile("[^0-9+]")
DAY = re.compile(r"([0-9]{1,2})[./-] ?([0-9]{1,2})[./-] ?([0-9]{4}|[0-9]{2})\Z")
DAY_OF_ISO = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})\Z")
ICELAND = re.compile(r"\A(?:(?:\+|00)354|354(?=[0-9]{7}\Z))")
ABROAD = re.compile(r"\A(?:\+|00)")
FEW = 500
FOLD = (
    "SELECT search_letters(word), search_words(word)"
    " FROM unnest(%s::text[]) WITH ORDINALITY AS typed (word, place) ORDER BY place"
)


class WordsField(models.Field):
    """A column of PostgreSQL's type `tsvector`."""

    def db_type(self, connection):
        """See Field."""
        return "tsvector"


@WordsField.register_lookup
class Found(models.Lookup):
    """`words__found`: those that a query of PostgreSQL's type `tsquery` finds; the index serves it."""

    lookup_name = "found"

    def as_sql(self, compiler, connection):
        """See Lookup."""
        words, of_words = self.process_lhs(compiler, connection)
        query, of_query = self.process_rhs(compiler, connection)
        return "{} @@ {}::tsquery".format(words, query), [*of_words, *of_query]


def found(members, typed):
    """Those of the members whom somebody finds who types this; all of them if nothing is typed."""
    text = SPACE.sub(" ", DASHES.sub("-", unicodedata.normalize("NFC", typed))).strip()
    if not text:
        return members
    numbers = [_number(match.group()) for match in NUMBER.finditer(text)]
    wanted = [query for query in numbers + _words(NUMBER.sub(" ", text)) if query]
    return _of_entries(members, " & ".join(wanted)) if wanted else members.none()


def _of_entries(members, query):
    """Those whose entries are found. If they are few, PostgreSQL gets them by number.

    It cannot guess how many a beginning has, and would read all members to put five of them into order.
    """
    entries = members.model._meta.get_field("search_entry").related_model.objects
    few = list(entries.filter(words__found=query).values_list("pk", flat=True)[: FEW + 1])
    return members.filter(search_entry__words__found=query) if len(few) > FEW else members.filter(pk__in=few)


def _words(text):
    """A query for each word: the text as it is, such as an e-mail's, or what stands between its marks."""
    with connection.cursor() as cursor:
        cursor.execute(FOLD, [text.split()])
        folded = cursor.fetchall()
    return [_joined(" | ", {_begins(letters), _all_of(words)}) for letters, words in folded if words]


def _number(typed):
    """A query for the beginning of a kennitala or of a phone number, for a day, or for several numbers."""
    digits, parts = NO_DIGIT.sub("", typed), typed.split()
    beginnings = {pattern.sub("", digits) for pattern in (ABROAD, ICELAND)} | {digits.replace("+", "")}
    # The star stands before each day among a member's words.
    beginnings |= {"*" + day.isoformat().replace("-", "") for day in _days(typed)}
    several = _joined(" & ", [_number(part) for part in parts]) if len(parts) > 1 else ""
    return _joined(" | ", {several} | {_begins(word) for word in beginnings if word.strip("+")})


def _days(typed):
    """The days that a text may mean; two digits are a year of the last century, or of this one."""
    match = DAY.match(typed)
    written = match.groups() if match else ("", "", "")
    years = [written[2]] if len(written[2]) != 2 else ["19" + written[2], "20" + written[2]]
    possible = [(year, written[1], written[0]) for year in years]
    iso = DAY_OF_ISO.match(typed)
    return [day for day in map(_day, possible + ([iso.groups()] if iso else [])) if day]


def _day(numbers):
    try:
        return date(*map(int, numbers))
    except ValueError:
        return None


def _begins(word):
    """The words that begin so, in the language of `tsquery`."""
    return "'{}':*".format(word.replace("\\", "\\\\").replace("'", "''"))


def _all_of(words):
    return _joined(" & ", [_begins(word) for word in words])


def _joined(sign, queries):
    some = sorted(query for query in queries if query)
    return "({})".format(sign.join(some)) if some else ""
