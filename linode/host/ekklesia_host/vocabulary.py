"""The verbs, and the form of each of their arguments: read from `vocabulary.json`, without doing anything."""

import json
import os
import re

from ekklesia_host.errors import HostError

FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "vocabulary.json")
WORDS = "words"
"""The kind of argument that is a list of texts."""
MOST_WORDS = 1000


def load(path=FILE):
    """The vocabulary: `kinds` with their forms, `verbs` with the kind of each argument."""
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def takes_request(verb):
    """Whether a request is read from standard input. Raises HostError for a verb that there is not."""
    verbs = load()["verbs"]
    if verb not in verbs:
        raise HostError("{!r} is no verb".format(verb))
    return verbs[verb] is not None


def checked(verb, request):
    """The arguments of a verb. Raises HostError unless they are exactly those wanted, each in its form."""
    vocabulary = load()
    wanted = vocabulary["verbs"][verb]
    if not isinstance(request, dict) or set(request) != set(wanted):
        raise HostError("{}: takes exactly these arguments: {}".format(verb, ", ".join(wanted) or "none"))
    for name, kind in wanted.items():
        if not _fits(request[name], kind, vocabulary["kinds"][kind]):
            raise HostError("{}: {} is not what it should be".format(verb, name))
    return request


def _fits(value, kind, form):
    if kind == WORDS:
        return (
            isinstance(value, list)
            and 0 < len(value) <= MOST_WORDS
            and all(isinstance(word, str) and "\0" not in word for word in value)
        )
    return isinstance(value, str) and re.fullmatch(form, value, re.ASCII) is not None
