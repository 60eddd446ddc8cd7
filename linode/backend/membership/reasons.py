"""Why a field takes no value, for people to read. The merge says it in English, and so the logs keep it."""

import re

from django.utils.translation import get_language

ICELANDIC = [
    (r"\bin Django: ", "í Django: "),
    (r"\bis missing\b", "vantar"),
    (r"\bis not a map\b", "er ekki safn reita"),
    (r"\bwants text\b", "á að vera texti"),
    (r"\bwants true or false\b", "á að vera satt eða ósatt"),
    (r"\bwants a whole number\b", "á að vera heil tala"),
    (r"\bwants a name\b", "á að vera eitt af heitunum"),
    (r", got (\w+)", r", en er \1"),
    (r"\bholds a character that is not seen\b", "er með staf sem sést ekki"),
    (r"\bholds the unknown number\b", "er með óþekkta tölu"),
    (r"\bis not valid Unicode\b", "er ekki gilt Unicode"),
    (r"\bis not a kennitala\b", "er ekki kennitala"),
    (r"\bis not a date YYYY-MM-DD\b", "er ekki dagsetning ÁÁÁÁ-MM-DD"),
    (r"\blies in the future\b", "er í framtíðinni"),
    (r"\bis not a date and time of the years 1 to 9999\b", "er ekki tími á árunum 1 til 9999"),
    (r"\bis not a date and time\b", "er ekki dagsetning og tími"),
    (r"\bis not one of\b", "er ekki eitt af"),
    (r"\bis longer than (\S+) characters\b", r"er lengra en \1 stafir"),
    (r"\bis not an e-mail address\b", "er ekki netfang"),
    (r"\bis not a phone number\b", "er ekki símanúmer"),
]


def in_words(reason):
    """The reason in the language of the request."""
    if (get_language() or "is")[:2] != "is":
        return reason
    for english, icelandic in ICELANDIC:
        reason = re.sub(english, icelandic, reason)
    return reason
