"""The schemas of the types in `catalogue`, in `schema.json`.

Recorded from the real provider (pulumi-gcp 9.35) by the names of Pulumi's types: kinds, defaults, what is
required, computed or replaces. What is not in the real provider's own description was added by hand from
its source: the accepted values, the checks, the comparisons, and the types `BackupSchedule`, `Repository`,
`RepositoryMember`, `IAMCustomRole` and `ServiceIdentity`. A type that `infra/` begins to use needs an entry.
`tests/provider/test_answers.py` holds the answers against those of the real provider.
"""

from __future__ import annotations

from pathlib import Path

from local.provider.bridge.schema import load

SCHEMAS = load(Path(__file__).with_name("schema.json"))
