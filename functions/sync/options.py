"""What an order says about how members are reconciled; handed on from the run to Django's merge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Options:
    """How members are reconciled."""

    dry_run: bool = False
    """Say what would change and why; write nothing, on either side."""
    released: Mapping[str, str] = field(default_factory=dict)
    """What a person has released of what is held: kennitala → fingerprint of the deletion that was shown."""


NO_OPTIONS = Options()
