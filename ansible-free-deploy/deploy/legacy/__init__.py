"""The legacy runtime's Django: Debian's, which is kept safe for longer than Django's own 2.2."""
