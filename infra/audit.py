"""Audit logs: who read or changed what, through any Google API of the project."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_gcp as gcp

from infra.settings import Settings

LOG_TYPES = ("ADMIN_READ", "DATA_READ", "DATA_WRITE")


def declare(settings: Settings, after: Sequence[pulumi.Resource]) -> None:
    """Log all access to all services, with no account exempted."""
    gcp.projects.IAMAuditConfig(
        "audit",
        project=settings.project,
        service="allServices",
        audit_log_configs=[
            gcp.projects.IAMAuditConfigAuditLogConfigArgs(log_type=log_type) for log_type in LOG_TYPES
        ],
        opts=pulumi.ResourceOptions(depends_on=after),
    )
