"""Whatever we say to staff is said in Icelandic and in English: texts, templates, labels and pages."""

import ast
import json
import os
import re
import string

from django import contrib
from django.apps import apps
from django.contrib import admin
from django.test import RequestFactory, SimpleTestCase
from django.utils import translation
from django.utils.translation import gettext, ngettext, pgettext
from membership.reasons import in_words
from membership.tests.members import make_member
from membership.tests.pages import AdminTestCase
from merge_engine import conversions

from ekklesia import body_limits

BACKEND = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
OURS = {"api_access", "communication", "membership", "staff", "sync"}
SAME = {"kennitala", "id", "QR"}
ENGLISH = {"is", "not", "holds", "wants", "lies", "the", "a", "got", "in", "of", "than"}
"""Words of both languages."""
WORDS = re.compile(r"[^\W\d_]{2,}")
TOLD_BY = {"message_user": 1, "ValidationError": 0, "NotRestorableError": 0}
"""Who tells people something, and which argument it is."""
FOR_PROGRAMS = {"sync/wire.py"}
"""The functions read it; nobody is shown it."""


def files(ending):
    """Our shipped files, by their path below the backend."""
    for folder, _, names in os.walk(BACKEND):
        inner = os.path.relpath(folder, BACKEND)
        if not {"tests", "migrations", "static"} & set(inner.split(os.sep)):
            for name in names:
                if name.endswith(ending):
                    yield os.path.normpath(os.path.join(inner, name))


def read(path):
    with open(os.path.join(BACKEND, path), encoding="utf-8") as file:
        return file.read()


def tables():
    """The texts of each app."""
    for name in sorted(OURS):
        module = __import__("{}.texts".format(name), fromlist=["TEXTS"])
        yield name, module.TEXTS.languages


def places(text):
    """What is filled in."""
    names = {name for _, name, _, _ in string.Formatter().parse(text) if name}
    return names | set(re.findall(r"%\((\w+)\)", text))


class TextTests(SimpleTestCase):
    """The tables, and that nothing is said past them."""

    def test_each_text_is_in_both_languages_with_the_same_places(self):
        for app, languages in tables():
            self.assertEqual(set(languages["is"]), set(languages["en"]), app)
            for key, text in languages["is"].items():
                self.assertEqual(places(text), places(languages["en"][key]), key)
                self.assertNotEqual(text, languages["en"][key], key)

    def test_no_template_of_ours_has_words_of_its_own(self):
        found = list(files(".html"))
        self.assertGreater(len(found), 8)
        for path in found:
            classless = re.sub(r"\{% block bodyclass %\}.*?\{% endblock %\}", " ", read(path))
            shown = re.sub(r"\{[%{#].*?[%}#]\}", " ", classless, flags=re.S)
            attributes = re.findall(r"(?:alt|title|placeholder|aria-label)=\"([^\"]*)\"", shown)
            buttons = re.findall(r"type=\"submit\"[^>]*value=\"([^\"]*)\"", shown)
            words = WORDS.findall(" ".join([re.sub(r"<[^>]*>", " ", shown), *attributes, *buttons]))
            self.assertLessEqual(set(words), SAME, path)

    def test_nothing_is_told_by_a_text_in_the_code(self):
        told = [found for path in files(".py") if path not in FOR_PROGRAMS for found in _told(path)]
        self.assertEqual(told, [])

    def test_each_reason_of_the_merge_has_its_words(self):
        written = ["name is missing", "profile is not a map", *conversions.COMPLAINTS.values()]
        for node in ast.walk(ast.parse(read("merge_engine/conversions.py"))):
            name = getattr(getattr(node, "func", None), "id", "")
            if name == "UnconvertibleError":
                texts = [text for _, text in _literals(node.args[0]) if not text.startswith("wants {}")]
                written += [text.replace("{}", "x") for text in texts]
            elif name == "_expect":
                written.append("wants {}, got x".format(_literals(node.args[2])[0][1]))
        self.assertGreater(len(written), 12)
        with translation.override("is"):
            for reason in written:
                self.assertFalse(set(in_words(reason).split()) & ENGLISH, in_words(reason))

    def test_the_check_sees_a_text_in_the_code(self):
        code = (
            'self.message_user(request, "{} done".format(1))\nrow.short_description = "Done"\nx(title="Done")'
        )
        self.assertEqual(len(list(_texts_told(ast.parse(code)))), 3)

    def test_what_comes_before_any_language_is_known_says_it_in_both(self):
        self.assertIn("hámarkið", body_limits.TEXT)
        self.assertIn("the limit", body_limits.TEXT)


class DjangosOwnTests(SimpleTestCase):
    """What Django itself says on the pages of the admin, in whatever release we run on."""

    SAME = {"", "%(class_name)s %(instance)s", "salt"}

    def catalogue(self, name):
        """The English texts of a catalogue, from Django's own list of them."""
        path = os.path.join(os.path.dirname(contrib.__file__), *name)
        with open(path, encoding="utf-8") as file:
            entries = file.read().split("\n\n")
        for entry in entries:
            found = re.search(r"^msgid ((?:\".*\"\n)+)(msgid_plural)?", entry, re.MULTILINE)
            context = re.search(r"^msgctxt \"(.*)\"$", entry, re.MULTILINE)
            if found and "#~" not in entry:
                text = "".join(ast.literal_eval(line) for line in found.group(1).strip().split("\n"))
                yield text, bool(found.group(2)), context.group(1) if context else None

    def missing(self, name):
        for text, counted, context in self.catalogue(name):
            said = gettext(text) if context is None else pgettext(context, text)
            if (ngettext(text, text, 5) if counted else said) == text and text not in self.SAME:
                yield text

    def test_each_page_is_whole(self):
        with translation.override("is"):
            for app in ("admin", "auth"):
                path = (app, "locale", "en", "LC_MESSAGES", "django.po")
                self.assertEqual(list(self.missing(path)), [], app)

    def test_each_script_is_whole(self):
        request = RequestFactory().get("/")
        with translation.override("is"):
            said = admin.site.i18n_javascript(request).content.decode()
        told = json.loads(re.search(r"newcatalog = (\{.*?\});\n", said, re.S).group(1))
        path = ("admin", "locale", "en", "LC_MESSAGES", "djangojs.po")
        texts = {
            text if context is None else context + "\x04" + text for text, _, context in self.catalogue(path)
        }
        self.assertEqual(texts - {""} - set(told), set())


class LabelTests(SimpleTestCase):
    """Models, fields, columns and actions of the admin."""

    def assert_both(self, thing, label):
        with translation.override("is"):
            icelandic = str(label)
        with translation.override("en"):
            english = str(label)
        self.assertTrue(icelandic != english or english in SAME, (thing, english))

    def test_applications_models_and_fields(self):
        for model, page in admin.site._registry.items():
            if model._meta.app_label not in OURS:
                continue
            self.assert_both(model, apps.get_app_config(model._meta.app_label).verbose_name)
            for shown in [model, *(inline.model for inline in page.inlines)]:
                self.assert_both(shown, shown._meta.verbose_name)
                for field in shown._meta.get_fields():
                    if not field.auto_created and getattr(field, "name", "") not in ("comrade", "digest"):
                        self.assert_both((shown, field.name), field.verbose_name)

    def test_actions_and_columns(self):
        seen = 0
        for model, page in admin.site._registry.items():
            if type(page).__module__.partition(".")[0] not in OURS:
                continue
            for name in [*page.actions, *page.list_display]:
                function = name if callable(name) else getattr(page, name, None)
                if hasattr(function, "short_description"):
                    seen += 1
                    self.assert_both((model, name), function.short_description)
        self.assertGreater(seen, 8)


class PageTests(AdminTestCase):
    """As staff see them."""

    def test_the_page_that_asks_before_an_erasure(self):
        comrade = make_member()
        action = {"action": "erase_selected", "_selected_action": [comrade.pk]}
        for language, words in (("is", "Því verður ekki breytt aftur"), ("en", "This cannot be undone")):
            page = self.client.post("/admin/membership/comrade/", action, HTTP_ACCEPT_LANGUAGE=language)
            self.assertContains(page, words)

    def test_the_form_of_a_member(self):
        page = "/admin/membership/comrade/add/"
        for language, words in (("is", "Fæðingardagur"), ("en", "Birthday")):
            self.assertContains(self.client.get(page, HTTP_ACCEPT_LANGUAGE=language), words)


def _told(path):
    return ["{}:{}: {}".format(path, line, text) for line, text in _texts_told(ast.parse(read(path)))]


def _texts_told(tree):
    """Each text in the code that people are told: line and text."""
    for node in ast.walk(tree):
        for told in _what_is_told(node):
            for line, written in _literals(told):
                if WORDS.search(written) and written not in SAME:
                    yield line, written


def _what_is_told(node):
    if isinstance(node, ast.Assign):
        names = [getattr(target, "attr", "") for target in node.targets]
        return [node.value] if "short_description" in names else []
    if not isinstance(node, ast.Call):
        return []
    place = TOLD_BY.get(getattr(node.func, "attr", getattr(node.func, "id", "")))
    told = [keyword.value for keyword in node.keywords if keyword.arg == "title"]
    return told + (node.args[place : place + 1] if place is not None else [])


def _literals(node):
    """The texts that are written there, but for the keys of the tables."""
    if getattr(getattr(node, "func", None), "id", "") in ("text", "label", "gettext"):
        return []
    written = getattr(node, "value", None) if isinstance(node, ast.Constant) else getattr(node, "s", None)
    found = [(node.lineno, written)] if isinstance(written, str) else []
    for child in ast.iter_child_nodes(node):
        found += _literals(child)
    return found
