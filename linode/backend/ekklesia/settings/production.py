"""Settings of the host. Every secret and name comes from the environment; a missing one stops the start."""

import dj_database_url
import django

from ekklesia.settings import mail
from ekklesia.settings.common import *  # noqa: F401,F403
from ekklesia.settings.common import SYNC_KEPT_DAYS
from ekklesia.settings.environment import all_or_none, number, optional, optional_day, required, required_list

DEBUG = False
SECRET_KEY = required("DJANGO_SECRET_KEY")
ALLOWED_HOSTS = required_list("DJANGO_ALLOWED_HOSTS")
DATABASES = {"default": dj_database_url.parse(required("DATABASE_URL"), conn_max_age=60)}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# Seconds; if the database is down, the answer is a quick 503.
DATABASES["default"].setdefault("OPTIONS", {})["connect_timeout"] = 3
# How long the queue and the conflict log say who edited what. A release may start before it is given.
SYNC_KEPT_DAYS = number("SYNC_KEPT_DAYS", SYNC_KEPT_DAYS)
PORTAL_URL = optional("PORTAL_URL")
SECOND_FACTOR_KEYS = required_list("SECOND_FACTOR_KEYS")
SECOND_FACTOR_FROM = optional_day("SECOND_FACTOR_FROM")
SESSION_IDLE_SECONDS = 60 * number("SESSION_IDLE_MINUTES", 30)
# The folder of uploaded files; the backups take it from here.
MEDIA_ROOT = "/srv/ekklesia/media"

CSRF_TRUSTED_ORIGINS = required_list("DJANGO_CSRF_TRUSTED_ORIGINS")
if django.VERSION < (4,):
    # Before Django 4 the setting named hosts, not origins.
    CSRF_TRUSTED_ORIGINS = [origin.split("://")[-1] for origin in CSRF_TRUSTED_ORIGINS]

NUDGE = all_or_none(
    [
        "NUDGE_URL",
        "NUDGE_AUDIENCE",
        "NUDGE_STS_URL",
        "NUDGE_IAM_CREDENTIALS_URL",
        "NUDGE_POOL_PROVIDER",
        "NUDGE_SERVICE_ACCOUNT",
        "NUDGE_ISSUER",
        "NUDGE_SUBJECT",
        "NUDGE_KEY_FILE",
    ]
)

MAIL = mail.from_environment()
MAIL_LINKS = "https://{}/felagar".format(ALLOWED_HOSTS[0])

# nginx ends TLS, and only nginx can reach gunicorn's socket.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^felagar/healthz/$"]
SECURE_HSTS_SECONDS = 2 * 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_BROWSER_XSS_FILTER = True
SECURE_REFERRER_POLICY = "same-origin"
# A browser takes a cookie of such a name from this very host alone, by HTTPS.
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken"
KNOWN_BROWSER_COOKIE = "__Host-staff_browser"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = True
