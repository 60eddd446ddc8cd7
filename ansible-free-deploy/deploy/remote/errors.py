"""How a task fails: in one line and with a status that is not 0."""

from __future__ import annotations

SHOWN_LINES = 2


class DeployError(Exception):
    """Something a person can mend; the message says what. `code` is the exit status of the task."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


class RemoteError(DeployError):
    """A command on the host failed; the message is the end of what it complained of."""

    def __init__(self, what: str, status: int, complaint: str) -> None:
        lines = [line.strip() for line in complaint.splitlines() if line.strip()]
        super().__init__(f"{what}: {' / '.join(lines[-SHOWN_LINES:]) or f'exit status {status}'}")
        self.status = status
        self.complaint = complaint
