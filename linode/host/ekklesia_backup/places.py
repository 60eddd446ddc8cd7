"""To whom the host may prove who it is, and to which bucket copies may go: `fab provision` fixes both.

The user who deploys sends the settings of the copies (`fab configure`). An address in them would get a token
of the backups' account, so each has to be the one that the user who provisions wrote down.
"""

import json
import re
from typing import Any, Dict, List

from ekklesia_backup.errors import BackupError

FILE = "/etc/ekklesia/copy-places.json"
POOL = "pool"
"""The end of the pool provider's name. Before it stands the project's number, which only Google knows."""
PROJECT = "//iam.googleapis.com/projects/[0-9]{1,20}"


def require(told: Dict[str, Any], path: str = FILE) -> None:
    """Raise BackupError, which names what differs, unless all of it is as it was provisioned."""
    wrong = differences(told, load(path))
    if wrong:
        raise BackupError(
            "copies go only where `fab provision` says; these settings differ: {}".format(", ".join(wrong))
        )


def load(path: str = FILE) -> Dict[str, str]:
    """What the user who provisions wrote down. Raises BackupError if there is nothing."""
    try:
        with open(path, encoding="utf-8") as file:
            return dict(json.load(file))
    except (OSError, TypeError, ValueError) as error:
        raise BackupError("where copies may go is not known ({}); run `fab provision`".format(error))


def differences(told: Dict[str, Any], fixed: Dict[str, str]) -> List[str]:
    """The names of the settings that are not the fixed ones."""
    forms = {name: re.escape(value) for name, value in fixed.items() if name != POOL}
    forms["pool_provider"] = PROJECT + re.escape(fixed[POOL])
    return sorted(
        name for name, form in forms.items() if not re.fullmatch(form, str(told.get(name)), re.ASCII)
    )
