"""The WSGI application that the servers serve."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.utils.module_loading import import_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ictlead.settings")
django_application = get_wsgi_application()
# By its name, for it reads models, and only now are they there.
application = import_string("ictlead.published.before_django")(django_application)

# What is loaded by now stays to the end: the collector need not go through it again and again. It comes after 20,000
# new objects instead of 700, of which a page that is made anew has some thousands; they take a few megabytes at most.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
