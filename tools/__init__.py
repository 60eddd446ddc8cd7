"""What developers run over the repository itself: its checkers and formatters. Nothing here is deployed."""

import infra  # noqa: F401 (its folder's `__init__` puts the deploys' package on the path)
