"""What a browser would send of a page's form: every named field with the value it was shown with."""

from html.parser import HTMLParser

UNSENT = ("submit", "button", "image", "reset", "file")


class FormReader(HTMLParser):
    """Collects the fields of a page into `data`; lists for fields with several values."""

    def __init__(self, page):
        super().__init__()
        self.data = {}
        self._text_of = None
        self._select = None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        name = attributes.get("name")
        if tag == "input" and name and attributes.get("type") not in UNSENT:
            if attributes.get("type") not in ("checkbox", "radio") or "checked" in attributes:
                self._add(name, attributes.get("value") or ("on" if "checked" in attributes else ""))
        elif tag == "textarea":
            self._text_of = name
            self._add(name, "")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in attributes:
            self._add(self._select, attributes.get("value", ""))

    def handle_endtag(self, tag):
        if tag == "textarea":
            self._text_of = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data):
        if self._text_of:
            self.data[self._text_of] += data

    def _add(self, name, value):
        if name in self.data:
            earlier = self.data[name]
            value = (earlier if isinstance(earlier, list) else [earlier]) + [value]
        self.data[name] = value


def submitted(response):
    """The fields of an admin page's form, without those of the page's frame."""
    page = response.content.decode()
    start = page.index("<form", page.index('id="content-main"'))
    return FormReader(page[start : page.index("</form>", start)]).data
