"""The public halves of the host's keys."""

from ekklesia_host import programs


def public_key(settings, request):
    """Print the public half of a key, as PEM."""
    path = settings.nudge_key if request["key"] == "nudge" else settings.backup_key
    return programs.run(["openssl", "rsa", "-in", path, "-pubout"])
