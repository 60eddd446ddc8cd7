"""How the program fails."""


class HostError(Exception):
    """Something a person can mend; the message is one line and holds no secret."""
