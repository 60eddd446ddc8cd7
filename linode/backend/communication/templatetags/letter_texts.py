"""`{% load letter_texts %}{% say "key" %}`: a text of texts.py in a template."""

from django import template

from communication.texts import text

register = template.Library()


@register.simple_tag
def say(key, **values):
    """The text, with its values."""
    return text(key, **values)
