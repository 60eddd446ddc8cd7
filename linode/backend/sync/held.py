"""Who waits for a person's decision, page by page: the cloud shows it to staff, who release it or do not."""

from membership.models import Comrade
from merge_engine.deletion_guard import REASON

from sync.models import Shadow


def page(after, limit):
    """Members whose deletion is held: each with the name, the reason, where they would be deleted, and the
    fingerprint of the deletion; and the kennitala after which the next page begins."""
    rows = Shadow.objects.filter(held__reason=REASON, ssn__gt=after).order_by("ssn")[:limit]
    shadows = list(rows)
    names = dict(Comrade.objects.filter(ssn__in=[row.ssn for row in shadows]).values_list("ssn", "name"))
    members = [dict(row.held, kennitala=row.ssn, name=_name(row, names)) for row in shadows]
    return {"members": members, "next": shadows[-1].ssn if len(shadows) == limit else None}


def _name(shadow, names):
    """The register's name, or the one that both sides last agreed on if the register has none any more."""
    return names.get(shadow.ssn) or (shadow.base or {}).get("name") or ""
