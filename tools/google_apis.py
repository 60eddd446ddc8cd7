"""The methods of Google's APIs that the one-machine world serves, as the text of `docs/google-apis.md`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from local.google.apis import APIS
from local.google.frame.api import Api
from local.google.frame.methods import Method
from local.world import ROOT

DOCUMENT = ROOT / "docs" / "google-apis.md"
HEAD = """# Google's APIs in the one-machine world

`make googleapis` writes this page from `local/google/`. A method that is served does what Google's does, as far as the world has something to do it with. *Recorded only* means that it checks, keeps and answers, and nothing here acts upon it. A method that Google has and this page does not list is answered with 501, `UNIMPLEMENTED`.

The address is `http://127.0.0.1:8402/API/`, and below it Google's own path. The bearer `owner` may do everything; every other bearer has what its roles give.
"""  # noqa: E501 (a paragraph of the page is a line)


def text() -> str:
    """The whole page."""
    return HEAD + "".join(f"\n{part}" for api in APIS for part in _section(api))


def write() -> Path:
    """Write the page; return its path."""
    DOCUMENT.write_text(text())
    return DOCUMENT


def _section(api: Api) -> Iterator[str]:
    served = [api.methods.by_id[each] for each in sorted(api.served)]
    unserved = sum(1 for _ in api.undeclared())
    yield f"## {api.document}\n"
    yield f"{len(served)} methods are served, {unserved} more of Google's are not.\n"
    yield "".join(
        [
            "| method | path | permission | |\n",
            "| --- | --- | --- | --- |\n",
            *(_row(api, each) for each in served),
        ]
    )


def _row(api: Api, method: Method) -> str:
    served = api.served[method.id]
    permission = f"`{served.permission}`" if served.permission else "none"
    note = "recorded only" if served.is_recorded_only else ""
    return f"| `{method.id}` | `{method.verb} /{method.path}` | {permission} | {note} |\n"
