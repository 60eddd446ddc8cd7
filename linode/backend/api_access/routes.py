"""Who may call which address of the API: the one table, `routes.json`, and how it is asked.

A call that the table does not name is refused. A token has scopes. A function's scopes are in the table, so
that a release which adds a call needs no new token. A person's token also needs a right of Django's, and no
person may have a scope of the functions.
"""

import json
import os
from collections import namedtuple

Route = namedtuple("Route", "route method scope right")
"""`right`: the permission of Django's that a person must have; None if only functions call it."""

EVERY_FUNCTION = "sync"
"""The token that all functions shared before each had its own: for what the fullest of them did."""


def _load():
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "routes.json")) as file:
        return json.load(file)


_TABLE = _load()
ROUTES = [Route(line["route"], line["method"], line["scope"], line.get("right")) for line in _TABLE["routes"]]
FUNCTIONS = _TABLE["functions"]
"""By function: its scopes."""
PERSONS_SCOPES = sorted({route.scope for route in ROUTES if route.right})
_BY_CALL = {(route.route, route.method): route for route in ROUTES}


def route_of(name, method):
    """The table's line for a call; None if there is none."""
    return _BY_CALL.get((name, method))


def scopes_of_function(name):
    """What a function may do; nothing if it is unknown."""
    return FUNCTIONS.get("bidirectional_sync" if name == EVERY_FUNCTION else name, [])
