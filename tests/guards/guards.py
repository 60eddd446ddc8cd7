"""The guards against attackers that are code of ours, each with the test that must fail without it.

Guards of the host's own programs (nginx, systemd) are taken away on a real host, in
`tests/host/test_removed_guards.py`. Those of the sync are in `tests/proof/guards.py`.
"""

from __future__ import annotations

from tests.guards.cloud_guards import CLOUD_GUARDS
from tests.guards.host_guards import HOST_GUARDS
from tests.guards.rule_guards import RULE_GUARDS
from tests.guards.site_guards import SITE_GUARDS

GUARDS = (*SITE_GUARDS, *HOST_GUARDS, *CLOUD_GUARDS, *RULE_GUARDS)
