"""Icelandic for what Django's own catalogues leave in English, in its admin and its pages for accounts.

A test asks each Django that we run on for what is missing (ekklesia/tests/test_languages.py).
"""

import gettext

from django.utils.translation import trans_real
from django.views.i18n import JavaScriptCatalog

PAGES = {
    "Add link": "Bæta við",
    "Added:": "Bætt við:",
    "After you’ve created a user, you’ll be able to edit more user options.": (
        "Þegar notandinn er til er hægt að breyta fleiru."
    ),
    "Breadcrumbs": "Staður á vefnum",
    "Change or view list link": "Breyta eða skoða",
    "Changed:": "Breytt:",
    "Conflicting form data submitted. Please try again.": "Mótsögn var í því sem var sent. Reyndu aftur.",
    "Deleted:": "Eytt:",
    "Disable password-based authentication": "Loka fyrir innskráningu með lykilorði",
    "Disabled": "Lokuð",
    "Enable password-based authentication": "Opna fyrir innskráningu með lykilorði",
    "Enable password-based authentication for this user by setting a password.": (
        "Settu lykilorð til að opna fyrir innskráningu notandans með lykilorði."
    ),
    "Enabled": "Opin",
    "Enter a valid username. This value may contain only unaccented lowercase a-z and uppercase A-Z letters, "
    "numbers, and @/./+/-/_ characters.": (
        "Sláðu inn gilt notandanafn: bókstafi a-z og A-Z án brodda, tölustafi og táknin @/./+/-/_."
    ),
    "Error:": "Villa:",
    "Filter navigation items": "Sía valmynd",
    "Forgotten your login credentials?": "Gleymdirðu innskráningunni?",
    "Hide counts": "Fela fjölda",
    "In case you’ve forgotten, you are:": "Ef þú hefur gleymt því heitirðu:",
    "Model name": "Heiti",
    "Password-based authentication": "Innskráning með lykilorði",
    "Password-based authentication was disabled.": "Lokað var fyrir innskráningu með lykilorði.",
    "Raw passwords are not stored, so there is no way to see the user’s password.": (
        "Lykilorð eru ekki geymd, svo enginn getur séð lykilorð notandans."
    ),
    "Reset password": "Setja nýtt lykilorð",
    "Select all objects on this page for an action": "Velja allt á síðunni fyrir aðgerð",
    "Select this object for an action - {}": "Velja þetta fyrir aðgerð: {}",
    "Set password": "Setja lykilorð",
    "Set password: %s": "Setja lykilorð: %s",
    "Show counts": "Sýna fjölda",
    "Sidebar": "Hliðarvalmynd",
    "Skip to main content": "Beint í efni síðunnar",
    "Start typing to filter…": "Sláðu inn til að sía…",
    "Thanks for spending some quality time with the web site today.": "Takk fyrir daginn.",
    "This action will <strong>enable</strong> password-based authentication for this user.": (
        "Þetta <strong>opnar</strong> fyrir innskráningu notandans með lykilorði."
    ),
    "Toggle navigation": "Opna eða loka valmynd",
    "Toggle theme (current theme: auto)": "Skipta um útlit (nú: sjálfvirkt)",
    "Toggle theme (current theme: dark)": "Skipta um útlit (nú: dökkt)",
    "Toggle theme (current theme: light)": "Skipta um útlit (nú: ljóst)",
    "View selected %(model)s": "Skoða valið: %(model)s",
    "Whether the user will be able to authenticate using a password or not. If disabled, they may still be "
    "able to authenticate using other backends, such as Single Sign-On or LDAP.": (
        "Hvort notandinn getur skráð sig inn með lykilorði."
    ),
    "block size": "stærð blokkar",
    "variety": "afbrigði",
}
COUNTED = {
    "Please correct the error below.": (
        "Leiðréttu villuna hér fyrir neðan.",
        "Leiðréttu villurnar hér fyrir neðan.",
    ),
    "entry": ("færsla", "færslur"),
    "This password is too short. It must contain at least %d character.": (
        "Lykilorðið er of stutt. Það þarf að vera minnst %d stafur.",
        "Lykilorðið er of stutt. Það þarf að vera minnst %d stafir.",
    ),
}
"""By the English singular: what is said of one, and of several."""
SCRIPTS = {
    "%s selected option not visible": "%s valinn kostur sést ekki",
    "(click to clear)": "(smelltu til að hreinsa)",
    'Choose %s by selecting them and then select the "Choose" arrow button.': (
        "Veldu %s í listanum og smelltu svo á örina „Velja“."
    ),
    "Choose all %s": "Velja allt: %s",
    "Choose selected %s": "Velja merkt: %s",
    'Remove %s by selecting them and then select the "Remove" arrow button.': (
        "Merktu %s í listanum og smelltu svo á örina „Fjarlægja“."
    ),
    "Remove all %s": "Fjarlægja allt: %s",
    "Remove selected %s": "Fjarlægja merkt: %s",
    "Type into this box to filter down the list of selected %s.": (
        "Sláðu hér inn til að sía það sem er valið: %s."
    ),
    "Monday": "mánudagur",
    "Tuesday": "þriðjudagur",
    "Wednesday": "miðvikudagur",
    "Thursday": "fimmtudagur",
    "Friday": "föstudagur",
    "Saturday": "laugardagur",
    "Sunday": "sunnudagur",
    "abbrev. day Monday\x04Mon": "mán",
    "abbrev. day Tuesday\x04Tue": "þri",
    "abbrev. day Wednesday\x04Wed": "mið",
    "abbrev. day Thursday\x04Thur": "fim",
    "abbrev. day Friday\x04Fri": "fös",
    "abbrev. day Saturday\x04Sat": "lau",
    "abbrev. day Sunday\x04Sun": "sun",
}

CLOCK = {"6 a.m.": "06:00", "6 p.m.": "18:00"}
"""In both languages the clock has 24 hours."""


class _Words(gettext.NullTranslations):
    """A catalogue that was written in Python."""

    def __init__(self, words):
        super().__init__()
        self._catalog = words

    @staticmethod
    def plural(number):
        """Which form follows a number, as Django's Icelandic catalogue counts."""
        return int(number % 10 != 1 or number % 100 == 11)


def fill():
    """Put the missing texts into Django's catalogue."""
    counted = {(english, form): text for english, forms in COUNTED.items() for form, text in enumerate(forms)}
    trans_real.translation("is").merge(_Words({**PAGES, **counted}))


class Scripts(JavaScriptCatalog):
    """Django's view of what its scripts say, with what is missing."""

    def get_catalog(self):
        """See JavaScriptCatalog."""
        catalog = super().get_catalog()
        catalog.update(CLOCK)
        if self.translation.language() == "is":
            catalog.update({english: text for english, text in SCRIPTS.items() if english not in catalog})
        return catalog
