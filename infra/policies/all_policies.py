"""All policies, in the order in which they are reported."""

from infra.policies.access import ACCESS_POLICIES
from infra.policies.backups import BACKUP_POLICIES
from infra.policies.data import DATA_POLICIES
from infra.policies.policy import Policy

POLICIES: tuple[Policy, ...] = (*ACCESS_POLICIES, *DATA_POLICIES, *BACKUP_POLICIES)
