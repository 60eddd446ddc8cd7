"""The site's service: what runs, restarting it without losing a request, and asking it how it is."""

from __future__ import annotations

import json
import time

from deploy.remote import layout
from deploy.remote.errors import DeployError
from deploy.remote.host import Host, Result
from deploy.remote.manage import answer_of
from deploy.remote.verbs import ask

HEALTH_SECONDS = 30.0
"""How long to wait for a site that does not answer yet."""
ERROR_SECONDS = 5.0
"""How long to wait for one that answers with an error."""
CURL_HTTP_ERROR = 22
CURL_CERTIFICATE = 60
ANSWER_SECONDS = 5
PAUSE_SECONDS = 0.25
SHOWN_CHARACTERS = 200


def is_deployed(host: Host) -> bool:
    """Whether some release serves."""
    return host.run(f"test -e {layout.CURRENT}/RELEASE", check=False).status == 0


def is_configured(host: Host) -> bool:
    """Whether Django's environment has been written. Raises RemoteError if that cannot be asked."""
    return ask(host, "is-configured", check=False).is_yes("asking for Django's settings")


def restart(host: Host) -> None:
    """Restart gunicorn. Requests under way are finished, new ones wait in systemd's socket."""
    ask(host, "restart", what="restart of gunicorn")


def health(host: Host) -> dict[str, str]:
    """What the site says of itself, asked through nginx and TLS; else the `refusal` or `error`.

    A certificate that browsers refuse is no fault of the release: it is told beside its answer, as
    `certificate`.
    """
    result = _asked(host)
    if result.status == CURL_CERTIFICATE:
        complaint = result.stderr.strip()[:SHOWN_CHARACTERS]
        return _judged(_asked(host, "--insecure")) | {"certificate": complaint}
    return _judged(result)


def _asked(host: Host, *options: str) -> Result:
    name = host.stack.linode.domains[0]
    words = ["curl", "--silent", "--show-error", "--fail-with-body", "--max-time", str(ANSWER_SECONDS)]
    words += ["--connect-to", f"{name}:443:127.0.0.1:443", f"https://{name}{layout.HEALTH_PATH}"]
    return host.run([*words, *options], check=False)


def _judged(result: Result) -> dict[str, str]:
    answer = _parsed(result.stdout)
    # A site that says "ok" with an error's status is not well.
    if answer and (result.status == 0 or answer["status"] != "ok"):
        return answer
    complaint = (result.stderr or result.stdout).strip() or f"curl: status {result.status}"
    return {"refusal" if result.status == CURL_HTTP_ERROR else "error": complaint[:SHOWN_CHARACTERS]}


def try_out(host: Host, release: str) -> None:
    """Ask a release before it serves. Raises DeployError if it would not answer well."""
    text = answer_of(host, release)
    if _parsed(text) != {"status": "ok", "release": release}:
        raise DeployError(f"release {release} would not answer well: {text[:SHOWN_CHARACTERS]}")


def verify(host: Host, release: str) -> str:
    """Wait until the site is well and that release answers; what is wrong with its certificate, if anything.

    Raises DeployError if that does not happen.
    """
    began = time.monotonic()
    while not _is_well(answer := health(host), release):
        if time.monotonic() - began > (ERROR_SECONDS if "refusal" in answer else HEALTH_SECONDS):
            raise DeployError(f"release {release} does not answer well: {', '.join(answer.values())}")
        if _crashes(host):
            raise DeployError(f"release {release} does not stay up; see `fab logs`")
        time.sleep(PAUSE_SECONDS)
    return answer.get("certificate", "")


def _is_well(answer: dict[str, str], release: str) -> bool:
    return (answer.get("status"), answer.get("release")) == ("ok", release)


def _crashes(host: Host) -> int:
    """How often gunicorn has ended by itself since it was started."""
    return int(host.run(["systemctl", "show", "--property=NRestarts", "--value", layout.SERVICE]).stdout)


def _parsed(text: str) -> dict[str, str] | None:
    """The site's answer about itself, or None if the text is not one."""
    try:
        answer = json.loads(text)
        return {key: str(answer[key]) for key in ("status", "release")}
    except (ValueError, KeyError, TypeError):
        return None
