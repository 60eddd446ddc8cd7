"""What the site says to people, in each of its languages. Every app has a table in its `texts.py`.

Django's own catalogues need a compiler on the machine that deploys. A table is read as it is.
"""

from django.utils.functional import lazy
from django.utils.translation import get_language


class Texts:
    """Two tables with the same keys, whose values may have `{places}`."""

    def __init__(self, icelandic, english):
        self.languages = {"is": icelandic, "en": english}

    def text(self, key, without="is", **values):
        """A text in the language of the request, with its values; `without` a request in that language."""
        language = (get_language() or without)[:2]
        return self.languages.get(language, self.languages["en"])[key].format(**values)

    def label(self, key, without="is"):
        """The same, for what is set once and shown on many pages: it is looked up each time.

        A migration compares what has no request.
        """
        return lazy(self.text, str)(key, without)

    def name_models(self, models):
        """Give models and their fields the names `MODEL`, `MODEL.many` and `MODEL.FIELD` of the tables.

        Migrations do not see that: they keep the names that the models were written with.
        """
        for model in models:
            own = model._meta.model_name
            if own in self.languages["is"]:
                model._meta.verbose_name = self.label(own)
                model._meta.verbose_name_plural = self.label(own + ".many")
            for field in model._meta.get_fields():
                key = "{}.{}".format(own, field.name)
                if key in self.languages["is"]:
                    field.verbose_name = self.label(key)
                self._name_choices(key, field)

    def _name_choices(self, key, field):
        """Give a field's choices the names `MODEL.FIELD.VALUE`, if the tables have them."""
        choices = getattr(field, "choices", None) or []
        if choices and "{}.{}".format(key, choices[0][0]) in self.languages["is"]:
            field.choices = [
                (value, self._choice("{}.{}".format(key, value), written)) for value, written in choices
            ]

    def _choice(self, key, written):
        """A label. A migration compares it with the one that the model was written with."""
        return lazy(lambda: self.text(key) if get_language() else written, str)()
