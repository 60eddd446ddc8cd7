"""A release that is not well never gets traffic, or is rolled back within seconds; the status says so."""

from __future__ import annotations

from tests.figures import Tell
from tests.host.deploys import NOTE, reach, refused
from tests.host.live_host import LiveHost
from tests.host.steady_load import Load

HEALTH = "linode/backend/ekklesia/health.py"
WELL = '"status": "ok", "release": settings.RELEASE})'
BROKEN = '"status": "broken", "release": settings.RELEASE}, status=500)'
UNDER_GUNICORN = (
    '"status": "ok", "release": settings.RELEASE}, status=500 if "gunicorn" in sys.argv[0] else 200)'
)
"""A fault that the trial does not show."""
WSGI = "linode/backend/ekklesia/wsgi.py"
APPLICATION = "application = get_wsgi_application()"
CRASH = f'import sys\n\n{APPLICATION}\nif "gunicorn" in sys.argv[0]:\n    raise SystemExit(3)'
"""A release that answers its trial, but does not stay up under gunicorn."""
RATE = 10.0
"""Requests a second."""


def test_a_release_that_answers_badly_never_gets_traffic(host_as_it_was: LiveHost, load: Load) -> None:
    host = host_as_it_was
    before = host.serving()
    with host.edited(HEALTH, WELL, BROKEN), load.at(RATE) as report:
        refused(host, host.fab("deploy"), "would not answer well")
    assert report.lost == []
    assert set(report.releases) == {before}


def test_a_release_that_answers_500_once_it_serves_is_rolled_back(
    host_as_it_was: LiveHost, load: Load, tell: Tell
) -> None:
    host = host_as_it_was
    before = host.serving()
    with (
        host.edited(HEALTH, WELL, UNDER_GUNICORN),
        host.edited(HEALTH, "from django.conf", "import sys\n\nfrom django.conf"),
        load.at(RATE) as report,
    ):
        refused(host, host.fab("deploy"), f"was rolled back; {before} serves again")
    assert host.serving() == before
    assert set(report.releases) == {before}
    assert all(": /felagar/healthz/: status 500" in lost for lost in report.lost), report.lost
    tell(f"with a release that answers 500: {report}")


def test_a_release_that_does_not_stay_up_is_rolled_back(host_as_it_was: LiveHost, load: Load) -> None:
    """Nobody notices it: requests wait in the socket meanwhile."""
    host = host_as_it_was
    before = host.serving()
    with host.edited(WSGI, APPLICATION, CRASH), load.at(RATE) as report:
        refused(host, host.fab("deploy"), f"was rolled back; {before} serves again")
    assert host.serving() == before
    assert report.lost == []
    assert set(report.releases) == {before}
    assert "deploy: rolled back" in host.fab("releases", "--json").output


def test_a_bad_release_that_a_killed_deploy_switched_to_is_undone(host_as_it_was: LiveHost) -> None:
    host = host_as_it_was
    before = host.serving()
    with host.edited(WSGI, APPLICATION, CRASH), host.start_fab("deploy", "--json") as client:
        reach(client, "switch")
        client.kill()
    with host.edited(NOTE, "after a bad one"):
        told = host.deploy()
        assert host.serving().startswith(host.tree_hash())
    repaired = next(step for step in told.steps if step["step"] == "repair an interrupted deploy")
    assert repaired["detail"] == f"back to {before}"
