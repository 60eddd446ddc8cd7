"""Whether the host's clock goes right, judged by the one of this machine."""

from __future__ import annotations

from datetime import datetime

MOST_SECONDS = 120
"""As long as the questions of one report may take on a slow line."""


def differs(there: datetime, here: datetime) -> dict[str, str]:
    """What is wrong with the host's clock, if anything."""
    seconds = (there - here).total_seconds()
    if abs(seconds) <= MOST_SECONDS:
        return {}
    way = "ahead of" if seconds > 0 else "behind"
    told = f"it is {abs(seconds) / 60:,.0f} minutes {way} this machine's; one of the two is wrong"
    return {"clock": f"{told}: `fab provision` has the host's kept by systemd-timesyncd"}
