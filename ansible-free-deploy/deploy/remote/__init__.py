"""The host itself: its settings, the connection to it, and what every other room asks of it."""
