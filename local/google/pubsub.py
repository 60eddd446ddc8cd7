"""Pub/Sub v1: the project's topics. Eventarc's stand-in delivers without any, so there is never one."""

from __future__ import annotations

from local.google.frame.api import Api
from local.google.frame.call import Body, Call

API = Api("pubsub.v1")


@API.serves("projects.topics.list")
def list_(_call: Call) -> Body:
    """No topics."""
    return {}
