"""The settings of the tests: the site's own, read from an environment that no machine can colour.

DATABASE_URL alone is taken from outside: it says which engine the tests run on.
"""

import atexit
import os
import shutil
import tempfile
from importlib import import_module
from pathlib import Path

FOLDER = Path(tempfile.mkdtemp(prefix="ictlead-tests-"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
FOLDER.joinpath("static").mkdir()

SWITCHES = {
    "ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
    "CACHE_URL": "",
    "CONTACT_EMAIL": "",
    "CSRF_TRUSTED_ORIGINS": "",
    "DATABASE_MAX_AGE": "0",
    "DATA_DIR": str(FOLDER),
    "DEBUG": "0",
    "FROM_EMAIL": "",
    "HSTS_SECONDS": "31536000",
    "HTTPS": "0",
    "LOG_LEVEL": "INFO",
    "SMTP_HOST": "",
    "SMTP_PASSWORD": "",
    "SMTP_PORT": "587",
    "SMTP_TLS": "1",
    "SMTP_USER": "",
    "SECRET_KEY": "for-tests-only-" + "0123456789" * 4,
    "SITE_URL": "https://ict.example.org",
    "TIME_ZONE": "Europe/London",
    "TRUST_PROXY": "0",
}
os.environ.update(SWITCHES)

site = import_module("ictlead.settings")  # only now is the environment ready
globals().update({name: value for name, value in vars(site).items() if name.isupper()})
CACHES, DATABASES, STORAGES = site.CACHES, site.DATABASES, site.STORAGES

# Tests change published data without a new data version; tests/test_published.py turns the cache on.
CACHES["pages"] = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # accounts are made in no time
# Tests run without collectstatic, so static files keep their own names; tests/test_run.py serves the hashed ones.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, as on a real site: in memory, SQLite knows no WAL and threads would have to share one connection.
    DATABASES["default"]["TEST"] = {"NAME": str(FOLDER / "test.sqlite3")}
