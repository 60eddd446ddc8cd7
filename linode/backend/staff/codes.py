"""The codes of a second factor: six digits of an app (TOTP, RFC 6238), and codes for a lost phone."""

import base64
import hashlib
import os
import re
from urllib.parse import quote, urlencode

from django_otp.oath import TOTP

STEP_SECONDS = 30
DIGITS = 6
TOLERANCE = 1
"""Steps by which a phone's clock may be wrong."""
SECRET_BYTES = 20
RECOVERY_CODES = 10
RECOVERY_BYTES = 15
"""120 bits: more than can be guessed, so that a plain digest keeps them (OWASP ASVS 5, 6.5.2)."""
ISSUER = "Felagakerfi"


def new_secret():
    """What site and app share."""
    return os.urandom(SECRET_BYTES)


def shown(secret):
    """The secret as apps take it: letters and digits."""
    return base64.b32encode(secret).decode()


def address_for_apps(secret, name):
    """The address of a QR code (https://github.com/google/google-authenticator/wiki/Key-Uri-Format)."""
    label = quote("{}:{}".format(ISSUER, name))
    values = {"secret": shown(secret), "issuer": ISSUER, "digits": DIGITS, "period": STEP_SECONDS}
    return "otpauth://totp/{}?{}".format(label, urlencode(values))


def step_of(code, secret, after, now=None):
    """The time step that a code belongs to; None unless it is right and newer than the step `after`."""
    if not is_of_app(code):
        return None
    totp = TOTP(secret, step=STEP_SECONDS, digits=DIGITS)
    totp.time = now
    is_right = totp.verify(int(code.replace(" ", "")), tolerance=TOLERANCE, min_t=after + 1)
    return totp.t() if is_right else None


def is_of_app(code):
    """Whether it has the form of an app's code."""
    return re.match(r"\A[0-9]{%d}\Z" % DIGITS, code.replace(" ", "")) is not None


def new_recovery_codes():
    """Codes for one use each, as they are shown."""
    return [_new_recovery_code() for _ in range(RECOVERY_CODES)]


def recovery_digest(code):
    """What is kept of a recovery code, however it was typed."""
    typed = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(typed.encode()).hexdigest()


def _new_recovery_code():
    letters = base64.b32encode(os.urandom(RECOVERY_BYTES)).decode()
    return "-".join(letters[start : start + 6] for start in range(0, len(letters), 6))
