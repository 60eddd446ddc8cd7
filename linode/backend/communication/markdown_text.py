"""Markdown as HTML and as plain text. HTML in it is shown as it was typed; no link runs anything."""

from markdown_it import MarkdownIt

PARSER = MarkdownIt("commonmark", {"html": False, "breaks": True})
"""Line breaks stay, as people who write letters expect. It refuses links such as `javascript:`."""


def as_html(text):
    """The HTML of a text, without what a page has around it."""
    return PARSER.render(text)


def as_text(text):
    """The same for those who read plain text: a blank line between blocks, addresses of links in brackets."""
    return _Plain().of(PARSER.parse(text))


class _Plain:
    """Goes through the tokens of a text: what stands before each line, and the blocks so far."""

    def __init__(self):
        self.blocks = []
        self.before = []
        """For each list item and quotation that is open: before its first line, and before the others."""
        self.numbers = []
        """For each list that is open: the next number, or None."""

    def of(self, tokens):
        for token in tokens:
            step = getattr(self, "_" + token.type, None)
            if step:
                step(token)
        return "\n\n".join(self.blocks) + "\n"

    def _inline(self, token):
        self._add(_line(token.children or []))

    def _fence(self, token):
        self._add(token.content.rstrip("\n"))

    _code_block = _fence

    def _hr(self, token):
        self._add("-" * 20)

    def _bullet_list_open(self, token):
        self.numbers.append(None)

    def _ordered_list_open(self, token):
        self.numbers.append(int(token.attrGet("start") or 1))

    def _bullet_list_close(self, token):
        self.numbers.pop()

    _ordered_list_close = _bullet_list_close

    def _list_item_open(self, token):
        number = self.numbers[-1]
        sign = "- " if number is None else "{}. ".format(number)
        if number is not None:
            self.numbers[-1] += 1
        self.before.append([sign, " " * len(sign)])

    def _blockquote_open(self, token):
        self.before.append(["> ", "> "])

    def _list_item_close(self, token):
        self.before.pop()

    _blockquote_close = _list_item_close

    def _add(self, text):
        lines = []
        for line in text.split("\n"):
            lines.append(("".join(first for first, _ in self.before) + line).rstrip())
            for signs in self.before:
                signs[0] = signs[1]
        self.blocks.append("\n".join(lines))


def _line(tokens):
    """The text of one block. A link whose address is not its own text has it in brackets."""
    written, links = [], []
    for token in tokens:
        if token.type == "link_open":
            links.append((token.attrGet("href"), len(written)))
        elif token.type == "link_close":
            address, start = links.pop()
            if "".join(written[start:]) != address:
                written.append(" ({})".format(address))
        elif token.type in ("softbreak", "hardbreak"):
            written.append("\n")
        else:
            written.append(token.content)
    return "".join(written)
