"""Settings of test suites, and of a server that tests reach over plain HTTP. Only DATABASE_URL is needed."""

import base64
from datetime import date

import dj_database_url

from ekklesia.settings import mail
from ekklesia.settings.common import *  # noqa: F401,F403
from ekklesia.settings.common import LOGGING, REST_FRAMEWORK
from ekklesia.settings.environment import required

DEBUG = False
SECRET_KEY = "only-for-tests-" + "0" * 50
ALLOWED_HOSTS = ["*"]
DATABASES = {"default": dj_database_url.parse(required("DATABASE_URL"))}
NUDGE = {}
SECOND_FACTOR_KEYS = [base64.urlsafe_b64encode(b"only-for-tests-" + b"0" * 17).decode()]
# The tests of the second factor set the day themselves.
SECOND_FACTOR_FROM = date.max
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Nobody listens there; what sends letters has a server of its own, by these variables.
MAIL = mail.from_environment() or {
    "host": "127.0.0.1",
    "port": 1,
    "tls": "none",
    "user": "",
    "password": "",
    "sender": "felag@example.is",
    "sender_name": "Félagið",
    "reply_to": "",
    "office": "",
    "per_minute": 0,
    "per_day": 0,
    "connections": 1,
    "proxy": "",
}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
REST_FRAMEWORK = dict(REST_FRAMEWORK, DEFAULT_THROTTLE_RATES={"anon": None, "user": None})
LOGGING = dict(
    LOGGING,
    loggers={
        "axes": {"level": "CRITICAL"},
        "ekklesia": {"level": "CRITICAL"},
        "django.request": {"level": "CRITICAL"},
        "django.security": {"level": "CRITICAL"},
        "sync": {"level": "CRITICAL"},
    },
)
