"""What the pages of the log-in say, in the languages of the site."""

from django.utils.translation import get_language

ICELANDIC = {
    "password.decorated": "Lykilorðið má ekki vera algengt orð með tölustöfum eða táknum í kring.",
    "attempts.title": "Of margar rangar tilraunir",
    "attempts.wait": "Innskráning er lokuð í bili. Reyndu aftur eftir {minutes} mín.",
    "attempts.help": (
        "Ef þú kannast ekki við þessar tilraunir skaltu láta yfirumsjón vita. "
        "Hún getur líka opnað fyrir innskráningu strax."
    ),
    "back": "Aftur á innskráningu",
}
ENGLISH = {
    "password.decorated": "The password may not be a common word with digits or signs around it.",
    "attempts.title": "Too many wrong attempts",
    "attempts.wait": "Logging in is closed for a while. Try again in {minutes} min.",
    "attempts.help": (
        "If these attempts were not yours, tell a superuser. A superuser can also open the log-in at once."
    ),
    "back": "Back to the log-in",
}
LANGUAGES = {"is": ICELANDIC, "en": ENGLISH}


def text(key, **values):
    """A text in the language of the request, with its values."""
    language = (get_language() or "is")[:2]
    return LANGUAGES.get(language, ENGLISH)[key].format(**values)
