"""The functions of the project by hand. They answer, and leave the members alone."""


def answer(_request: object) -> str:
    """What the others of them did does not matter here."""
    return "by hand"


def hear(_event: object) -> None:
    """Take an event."""
