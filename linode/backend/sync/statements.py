"""Runs the statements of the folder `sql`: those that Django's ORM cannot express."""

import os
from functools import lru_cache

from django.db import connection

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sql")


@lru_cache(maxsize=None)
def text_of(name):
    """The text of one statement."""
    with open(os.path.join(FOLDER, name + ".sql"), encoding="utf-8") as file:
        return file.read()


def execute(name, parameters=()):
    """Run a statement; its rows, or [] if it returns none."""
    with connection.cursor() as cursor:
        cursor.execute(text_of(name), parameters)
        return cursor.fetchall() if cursor.description else []
