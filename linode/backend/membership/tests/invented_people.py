"""Invented people for the tests of the search, and what people type to find one of them."""

import unicodedata

from membership.models import Comrade, ContactInfo, SimpleAddress

FIRST = [
    "Ásgeir",
    "Þór",
    "Æsa",
    "Örn",
    "Guðrún",
    "Anna-Lísa",
    "José",
    "Łukasz",
    "Zoë",
    "Straße",
    "Nguyễn",
    "Ελένη",
    "Наталья",
    "Şule",
    "Đorđe",
    "Åse",
]
LAST = [
    "Önnuson",
    "Jónsdóttir",
    "von",
    "Berg",
    "O'Brien",
    "Núñez",
    "Żółć",
    "Ánh",
    "Παπαδοπούλου",
    "Ёлкина",
    "Þorláksdóttir",
    "Smith-Jones",
]
TOWNS = ["Reykjavík", "Ísafjörður", "Þórshöfn", "Höfn í Hornafirði", "Akureyri"]
LETTERS = [
    chr(number)
    for first, last in ((0xC0, 0x24F), (0x1E00, 0x1EFF))
    for number in range(first, last + 1)
    if unicodedata.category(chr(number)) in ("Lu", "Ll") and number not in (0x149, 0x1E9A)
]
"""Latin ones, but for two that are a letter and an apostrophe."""


class Person:
    """What one of them is called, and where they are."""

    def __init__(self, chance, number):
        strange = "".join(chance.choice(LETTERS) for _ in range(chance.randint(2, 6)))
        names = [chance.choice(FIRST), chance.choice([*LAST, strange]), chance.choice(LAST)]
        form = chance.choice(["NFC", "NFD"])
        self.name = unicodedata.normalize(form, " ".join(names[: chance.randint(1, 3)]))
        year, month, day = chance.randint(1925, 2012), chance.randint(1, 12), chance.randint(1, 28)
        self.birthday = (year, month, day)
        self.kennitala = "{:02}{:02}{:02}{:04}".format(day, month, year % 100, number)
        self.phone = str(chance.randint(4000000, 8999999))
        self.email = "person{}.x@{}.is".format(number, chance.choice(["post", "felag"]))
        self.town, self.postal_code = chance.choice(TOWNS), str(chance.randint(101, 902))

    def enter(self):
        """Make a member of them, by bulk writes, so that the forms mend nothing."""
        birthday = "{:04}-{:02}-{:02}".format(*self.birthday)
        comrade = Comrade.objects.create(ssn=self.kennitala, name=self.name, birthday=birthday)
        ContactInfo.objects.create(comrade=comrade, email=self.email, phone=self.phone)
        SimpleAddress.objects.create(comrade=comrade, city=self.town, postal_code=self.postal_code)

    def searches(self, chance):
        """What people type for them."""
        year, month, day = self.birthday
        words = self.name.split()
        number, phone = self.kennitala, self.phone
        shouted = chance.choice(words).upper()
        return [
            self.name,
            "  ".join(words).lower(),
            shouted,
            words[-1],
            plain(chance.choice(words)),
            chance.choice(words)[: chance.randint(2, 5)],
            "{} {}".format(words[0][:2], self.town.upper()),
            plain(self.town),
            number,
            number[:6] + "-" + number[6:],
            number[:6] + " " + number[6:],
            number[: chance.randint(4, 9)],
            phone,
            phone[:3] + "-" + phone[3:],
            "+354 {} {}".format(phone[:3], phone[3:]),
            "{}.{}.{}".format(day, month, year),
            "{:04}-{:02}-{:02}".format(year, month, day),
            self.email[: chance.randint(8, 12)].upper(),
            "{} {}".format(self.postal_code, self.town),
            "{} {}".format(phone, words[0]),
        ]


def plain(text):
    """By Unicode's own tables: without case and without marks."""
    letters = unicodedata.normalize("NFD", unicodedata.normalize("NFD", text).casefold())
    return "".join(letter for letter in letters if unicodedata.category(letter) != "Mn")
