"""The one exception of a release; the user reads its message."""


class ReleaseError(Exception):
    """A release cannot go on; visitors see nothing of it."""
