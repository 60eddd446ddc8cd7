"""A function that tells what it was started with."""

import json
import os

import flask
import functions_framework


@functions_framework.http
def greet(request: flask.Request) -> str:
    """The whole environment as JSON, or the word alone where it is asked for."""
    return os.environ["WORD"] if request.path.endswith("/word") else json.dumps(dict(os.environ))


def broken(request: flask.Request) -> str:
    """A function that is there for a build to find."""
    return str(request)


if os.environ["FUNCTION_TARGET"] == "broken":
    raise RuntimeError("nothing to say")
