"""How staff log in: passwords, how often they may be wrong, the second factor, how long a session lasts."""

import django

AUTHENTICATION_BACKENDS = ["axes.backends.AxesBackend", "staff.backends.LimitedBackend"]
LOGIN_URL = "/admin/login/"
LOGIN_REDIRECT_URL = "/admin/"

PASSWORD_HASHERS = ["staff.hashers.CostlyPBKDF2"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "staff.validators.DecoratedPasswordValidator"},
]

# So many failures within so many seconds: as at the portal's log-in.
LOGIN_FAILURES_OF_PERSON = [(5, 600)]
# A hall of volunteers shares one address.
LOGIN_FAILURES_OF_ADDRESS = [(100, 600)]
# A code has six digits, and three are right at any moment: at this rate, guessing one takes decades.
CODE_FAILURES_OF_PERSON = [(5, 600), (20, 86400)]

# django-axes keeps the journal of log-ins; the limits are ours (staff/attempts.py).
AXES_LOCK_OUT_AT_FAILURE = False
AXES_COOLOFF_TIME = 1  # hours; what is older is removed from the journal of failures
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
# Its pages are in English, and the journal is read with `fab manage`.
AXES_ENABLE_ADMIN = False
if django.VERSION < (3,):
    AXES_META_PRECEDENCE_ORDER = ["REMOTE_ADDR"]

# A session ends after so many seconds without a request, and in any case after SESSION_COOKIE_AGE.
SESSION_IDLE_SECONDS = 30 * 60
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

# By this cookie a browser is known in which somebody has logged in with both factors.
KNOWN_BROWSER_COOKIE = "staff_browser"

# From this day on nobody uses the admin without a second factor; None: from the start.
SECOND_FACTOR_FROM = None
