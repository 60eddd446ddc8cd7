"""Cloud Functions v1, the first generation: there are none here, which `gcloud functions` asks beside v2."""

from __future__ import annotations

from local.google.frame import places
from local.google.frame.api import Api
from local.google.frame.call import Body, Call
from local.google.frame.pages import page
from local.services.google_errors import not_found

API = Api("cloudfunctions.v1")


@API.serves("projects.locations.functions.list")
def list_(call: Call) -> Body:
    """None."""
    return page([], "functions", call.given)


@API.serves("projects.locations.functions.get")
def get(call: Call) -> Body:
    """None. Raises GoogleError 404."""
    raise not_found(call.given["name"])


API.serves("projects.locations.list")(places.places)
