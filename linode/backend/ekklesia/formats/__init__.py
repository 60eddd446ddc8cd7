"""How dates and times are written, in both languages: Django's own Icelandic ones count to twelve."""
