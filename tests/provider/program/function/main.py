"""A function that answers with its environment."""

import json
import os

import flask
import functions_framework


@functions_framework.http
def greet(request: flask.Request) -> str:
    """Answer with the whole environment as JSON, or with the secret word at `/word`."""
    return os.environ["WORD"] if request.path.endswith("/word") else json.dumps(dict(os.environ))


def broken(request: flask.Request) -> str:
    """A function that the build finds, but whose server does not start."""
    return str(request)


if os.environ["FUNCTION_TARGET"] == "broken":
    raise RuntimeError("nothing to say")
