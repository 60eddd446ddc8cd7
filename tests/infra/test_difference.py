from __future__ import annotations

from typing import Any

import pulumi
import pulumi_gcp as gcp
import pytest

from infra.difference import differences

SERVICE = gcp.cloudfunctionsv2.FunctionServiceConfigArgs(available_memory="512Mi", timeout_seconds=60)


@pytest.mark.parametrize(
    ("arguments", "resource", "expected"),
    [
        ({"location_id": "a"}, {"locationId": "b"}, ["locationId"]),
        ({"location": "europe-west2"}, {"location": "EUROPE-WEST2"}, []),
        ({"name": "healthz"}, {"name": "projects/p/functions/healthz"}, []),
        ({"name": "healthz"}, {"name": "projects/p/functions/other"}, ["name"]),
        ({"age": 400}, {"age": "400"}, []),
        ({"shape_of_its_own": 1}, {"other": 2}, []),
        ({"description": None}, {"description": "by hand"}, []),
        ({"secret": pulumi.Output.from_input("s")}, {"secret": "t"}, []),
        ({"domains": ["a", "b"]}, {"domains": ["a"]}, ["domains"]),
        ({"domains": ["a"]}, {"domains": ["b"]}, ["domains[0]"]),
        ({"domains": [pulumi.Output.from_input("a")]}, {"domains": ["b"]}, []),
        ({"rules": [{"age": 1}]}, {"rules": [{"age": 2}]}, ["rules[0].age"]),
        ({"max_instance_count": 5}, {"maxInstanceCount": 6}, ["maxInstanceCount"]),
        (
            {"sign_in": {"email": {"enabled": False}}},
            {"signIn": {"email": {"enabled": True}}},
            ["signIn.email.enabled"],
        ),
        (
            {"service_config": SERVICE},
            {"serviceConfig": {"availableMemory": "256Mi", "timeoutSeconds": 60, "uri": "x"}},
            ["serviceConfig.availableMemory"],
        ),
    ],
)
def test_differences(arguments: dict[str, Any], resource: dict[str, Any], expected: list[str]) -> None:
    assert differences(arguments, resource) == expected
