"""The fields that a letter may name, such as `{name}`: each stands for something of its recipient.

They are looked for in what was made of the text, so nothing that is in a person's name is taken for Markdown,
for HTML or for a field.
"""

import re
from html import escape

FIELDS = {
    "name": "name",
    "nafn": "name",
    "first_name": "first_name",
    "fornafn": "first_name",
    "link": "link",
    "tengill": "link",
}
"""Each has an Icelandic and an English spelling."""
WRITTEN = re.compile(r"(?:\{|%7B)([a-zA-ZáéíóúýþæöðÁÉÍÓÚÝÞÆÖÐ_]{1,40})(?:\}|%7D)")
"""In an address of a link, Markdown writes the braces as `%7B` and `%7D`."""


def unknown(text):
    """The names of fields in a text that there are not, each once."""
    return sorted({name for name in WRITTEN.findall(text) if name not in FIELDS})


def values(comrade, link):
    """What each field stands for."""
    return {"name": comrade.name, "first_name": comrade.name.split(" ")[0], "link": link}


def fill(text, values, html=False):
    """The text with the values in their places."""

    def value(match):
        field = FIELDS.get(match.group(1))
        found = values[field] if field else match.group()
        return escape(found) if html else found

    return WRITTEN.sub(value, text)
