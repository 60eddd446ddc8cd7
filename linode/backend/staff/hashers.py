"""How passwords are hashed: the same on both runtimes, so that going back to the older locks nobody out."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher

ITERATIONS = 1000000
"""OWASP asks for 600,000 or more (Password Storage Cheat Sheet); this is what Django 5.2 takes."""


class CostlyPBKDF2(PBKDF2PasswordHasher):
    """PBKDF2 with SHA-256 at today's cost. A hash of less work is renewed when its owner logs in."""

    iterations = ITERATIONS
