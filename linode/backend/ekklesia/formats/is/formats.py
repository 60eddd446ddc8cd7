"""What Django's own Icelandic formats leave open. A day may also be typed as it is written here."""

from ekklesia.formats.both import *  # noqa: F401,F403

DATETIME_FORMAT = "j. F Y, H:i"
SHORT_DATETIME_FORMAT = "j.n.Y H:i"
