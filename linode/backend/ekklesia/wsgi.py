"""The WSGI application that gunicorn serves (`ekklesia.wsgi`)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ekklesia.settings.production")

application = get_wsgi_application()
