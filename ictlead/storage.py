"""How static files get their names."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Files by the hash of their content; where one of our scripts imports another, by its hashed name, too.

    Django can do so for every script there is, and fails on one that django-htmx brings along.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("js/*.js", (("""(?P<matched>from "(?P<url>\\./[^"]+)")""", 'from "%(url)s"'),)),
    )
