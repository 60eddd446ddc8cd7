"""The site: settings, URLs, the WSGI application and what every request passes through."""
