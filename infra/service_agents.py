"""Google's own accounts in the project, by which its services act: they exist once they are asked for.

A new project has no agent of Eventarc, and the first event trigger is refused without one that has its role.
https://cloud.google.com/iam/docs/service-agents
"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_gcp as gcp

from infra.settings import Settings

AGENT_ROLES = {
    "eventarc": "roles/eventarc.serviceAgent",
    "pubsub": "roles/pubsub.serviceAgent",
}
"""API → the role that Google gives its agent where it makes one by itself. Eventarc delivers by Pub/Sub."""


def declare(settings: Settings, after: Sequence[pulumi.Resource]) -> list[pulumi.Resource]:
    """Have Google make the agents, and give each its role. Returns the grants."""
    return [_agent(settings, api, role, after) for api, role in AGENT_ROLES.items()]


def _agent(settings: Settings, api: str, role: str, after: Sequence[pulumi.Resource]) -> pulumi.Resource:
    opts = pulumi.ResourceOptions(depends_on=after)
    agent = gcp.projects.ServiceIdentity(
        f"{api}-agent",
        project=settings.project,
        service=f"{api}.googleapis.com",
        opts=opts,
    )
    return gcp.projects.IAMMember(
        f"{api}-agent",
        project=settings.project,
        role=role,
        member=agent.member,
        opts=opts,
    )
