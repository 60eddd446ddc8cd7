"""What a letter says: HTML and plain text are made once, and then filled in for each recipient."""

from html import escape

from django.conf import settings

from communication import leaving, markdown_text, person_fields
from communication.texts import TEXTS

PAGE = """\
<!doctype html>
<html lang="is">
<head><meta charset="utf-8"><title>{title}</title></head>
<body style="font-family: sans-serif; max-width: 40em; line-height: 1.45">
{parts}</body>
</html>
"""
RULE = "-" * 20 + "\n\n"


class Rendering:
    """A letter in both forms, with its fields still in it."""

    def __init__(self, letter):
        self._subject = letter.subject
        parts = _parts(letter)
        self._text = RULE.join(markdown_text.as_text(text) + "\n" for _, text in parts)
        divisions = [
            '<div lang="{}">\n{}</div>\n'.format(lang, markdown_text.as_html(t)) for lang, t in parts
        ]
        self._html = "<hr>\n".join(divisions)

    def for_member(self, comrade):
        """Subject, plain text and the inner part of the HTML for one member."""
        return self._filled(comrade, leaving.address(comrade.pk))

    def for_staff(self, comrade):
        """The same for staff to look at. Its link is nobody's: a member's own would act for them."""
        return self._filled(comrade, leaving.example())

    def _filled(self, comrade, link):
        values = person_fields.values(comrade, link)
        return (
            person_fields.fill(self._subject, values),
            person_fields.fill(self._text, values),
            person_fields.fill(self._html, values, html=True),
        )


def page(subject, html):
    """The HTML part of a letter, whole."""
    return PAGE.format(title=escape(subject), parts=html)


def _parts(letter):
    """Pairs of language and Markdown: the text, the English one if there is one, and why it came."""
    texts = [("is", letter.body)]
    if letter.body_english:
        texts.append(("en", letter.body_english))
    return texts + [(language, _footer(letter, language)) for language in ("is", "en")]


def _footer(letter, language):
    """Why it came, how to get no more, and who sends it."""
    key = "foot.required" if letter.is_required else "foot.news"
    said = TEXTS.languages[language][key].format(reason=letter.reason or "", link="{link}")
    office = settings.MAIL.get("office")
    return "{}\n\n{}".format(said, office) if office else said
