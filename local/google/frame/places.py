"""The places that an API has: the world's region alone."""

from __future__ import annotations

from local.google.frame.call import Body, Call
from local.google.frame.pages import page


def place(call: Call) -> Body:
    """The place that the call names."""
    return _shown(call.given["name"])


def places(call: Call) -> Body:
    """All places."""
    return page([_shown(f"{call.given['name']}/locations/{call.world.region}")], "locations", call.given)


def _shown(name: str) -> Body:
    return {"name": name, "locationId": name.rsplit("/", 1)[-1]}
