"""What the program tells others: the portal, the commands that call Google, and whoever reads its outputs."""

from __future__ import annotations

import json
from typing import Any

from tests.infra.conftest import A_WORLD
from tools.program_run import Declared, Program


def command(program: Program, name: str) -> Declared:
    return program.get("command:local:Command", name)


def test_a_worlds_own_addresses_and_token_reach_all_who_call(of_a_world: Program) -> None:
    """The commands call as whoever runs `pulumi up`; a world gives them a token instead."""
    environment = of_a_world.get("Function", "healthz").inputs["serviceConfig"]["environmentVariables"]
    assert environment["CORS_ALLOWED_ORIGINS"].split(",") == A_WORLD["ekklesia:corsAllowedOrigins"]
    calling = ("apis-answer", "firestore-rules", "login-limits-rules", "portal-release")
    for name in calling:
        told = command(of_a_world, name).inputs
        assert told["environment"] == {"GOOGLE_OAUTH_ACCESS_TOKEN": "of-the-world"}
        assert "http://127.0.0.1:8402/" in told["stdin"]
        assert "googleapis.com" not in told["stdin"]
    others = [it for it in of_a_world.of_type("command:local:Command") if it.name not in calling]
    assert not any("GOOGLE_OAUTH_ACCESS_TOKEN" in it.inputs["environment"] for it in others)
    portal = json.loads(command(of_a_world, "portal-release").inputs["stdin"])["portal"]
    assert portal["emulators"] == A_WORLD["ekklesia:emulators"]


def test_the_portal_is_told_how_to_reach_the_office(of_a_world: Program) -> None:
    told = json.loads(command(of_a_world, "portal-release").inputs["stdin"])["portal"]
    assert told["office"] == A_WORLD["ekklesia:office"]


def test_the_same_settings_are_the_same_text(production: Program) -> None:
    """In whatever order the program puts them together: another text runs its command again."""
    texts = {it.name: it.inputs.get("stdin") for it in production.of_type("command:local:Command")}
    told = {name: text for name, text in texts.items() if text}
    assert len(told) > 5
    assert [name for name, text in told.items() if text != json.dumps(json.loads(text), sort_keys=True)] == []


def test_the_portal_is_told_who_it_is(production: Program, config: dict[str, Any]) -> None:
    told = json.loads(command(production, "portal-release").inputs["stdin"])
    kenni = config["ekklesia:kenni"]
    assert told["site"] == config["gcp:project"]
    assert told["hostingApi"] == "https://firebasehosting.googleapis.com"
    assert told["portal"]["firebase"] == {"projectId": config["gcp:project"], "appId": "1:1234:web:abcd"}
    assert told["portal"]["kenni"] == kenni
    assert told["portal"]["functions"] == {
        name: url
        for name, url in production.outputs["functionUrls"].items()
        if name not in ("bidirectional_sync", "operatordecision", "healthz")
    }
    assert told["portal"]["emulators"] is told["portal"]["office"] is None
    site = production.get("HostingSite", "portal").inputs
    assert (site["siteId"], site["appId"]) == (config["gcp:project"], "1:1234:web:abcd")


def test_outputs_tell_of_what_was_declared(production: Program) -> None:
    functions = {it.name: it for it in production.of_type("function:Function")}
    told = json.loads(command(production, "host-configure").inputs["stdin"])
    outputs = dict(production.outputs)
    assert outputs.pop("functionUrls") == {
        name: f"https://{name.lower().replace('_', '-')}-x-nw.a.run.app"
        for name in functions
        if name != "track_member_changes"
    }
    assert outputs == {
        "portalUrl": "https://ekklesia-prod-10-2025.web.app",
        "hostingSite": production.get("HostingSite", "portal").inputs["siteId"],
        "portalRelease": command(production, "portal-release").inputs["stdin"],
        "apiBaseUrl": "https://starf.sosialistaflokkurinn.is/felagar",
        "functionSourceBucket": production.get("bucket:Bucket", "function-source").inputs["name"],
        "functionArchive": production.get("BucketObject", "function-archive").inputs["name"],
        "nudgeServiceAccount": told["environment"]["NUDGE_SERVICE_ACCOUNT"],
    }
