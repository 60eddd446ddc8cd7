"""The one exception of a release: its message is what the user reads."""


class ReleaseError(Exception):
    """A release that cannot go on; nothing of it is visible to visitors."""
