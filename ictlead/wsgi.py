"""The WSGI application that the servers serve."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ictlead.settings")
django_application = get_wsgi_application()

from ictlead.published import before_django  # noqa: E402 - it reads models, and only now are they there

application = before_django(django_application)
