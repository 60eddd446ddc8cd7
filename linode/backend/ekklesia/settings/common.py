"""Settings that hold everywhere. What differs is in production.py and test.py."""

import os
import warnings

import django

from ekklesia.settings.log_in import *  # noqa: F401,F403

# The legacy runtime is known to be old; cryptography would say so in every log.
warnings.filterwarnings("ignore", message="Python 3.6 is no longer supported")

BASE_DIR = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

INSTALLED_APPS = [
    "staff.apps.StaffConfig",
    "staff.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "rest_framework.authtoken",
    "axes",
    "api_access.apps.ApiAccessConfig",
    "membership.apps.MembershipConfig",
    "communication.apps.CommunicationConfig",
    "sync.apps.SyncConfig",
    "deployment.apps.DeploymentConfig",
    "revocations.apps.RevocationsConfig",
]

MIDDLEWARE = [
    "ekklesia.middleware.client_address",
    "django.middleware.security.SecurityMiddleware",
    "ekklesia.middleware.security_headers",
    "ekklesia.body_limits.body_limit",
    "ekklesia.outage.DatabaseOutage",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "staff.sessions.guard",
    "membership.editor.editor_of_request",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "ekklesia.list_parameters.DeclaredParametersOnly",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

ROOT_URLCONF = "ekklesia.urls"
WSGI_APPLICATION = "ekklesia.wsgi.application"

# Keys keep the width that they have in the tables of Django 2.2.
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"

if django.VERSION < (3,):
    USE_L10N = True

LANGUAGE_CODE = "is"
LANGUAGES = [("is", "Íslenska"), ("en", "English")]
TIME_ZONE = "Atlantic/Reykjavik"
USE_I18N = True
FORMAT_MODULE_PATH = ["ekklesia.formats"]
USE_TZ = True

X_FRAME_OPTIONS = "DENY"
STATIC_URL = "/static/"
STATIC_ROOT = os.path.join(BASE_DIR, "static")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["api_access.authentication.ScopedTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["api_access.permissions.ScopePermission"],
    "DEFAULT_PARSER_CLASSES": ["ekklesia.json_body.ShallowJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    # Who has no valid token is counted where tokens are looked at.
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    # A full comparison of 100,000 members takes some hundreds of requests.
    "DEFAULT_THROTTLE_RATES": {"anon": "60/min", "user": "6000/min"},
    "EXCEPTION_HANDLER": "ekklesia.json_errors.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

# Bytes, of forms; body_limits.json says how large a whole request may be.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "ekklesia.log_masking.MaskingFormatter",
            "format": "%(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
}


SYNC_KEPT_DAYS = 400
# The portal's address, to which the admin links; empty until the host is told.
PORTAL_URL = ""

# The mail server, if there is one (settings/mail.py), and below what address members find their own page.
MAIL = {}
MAIL_LINKS = "http://127.0.0.1/felagar"


def release_name():
    """The name the deploy gave this release: the file RELEASE beside `backend`."""
    path = os.path.join(os.path.dirname(BASE_DIR), "RELEASE")
    if not os.path.exists(path):
        return "unreleased"
    with open(path) as file:
        return file.read().strip()


RELEASE = release_name()
