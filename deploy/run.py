"""What `make run` starts once the packages are there: the site is prepared, then served by gunicorn, in one process.

Django is set up once for both; done twice, it was half of the time to the first byte.
"""

import os
import sys
from pathlib import Path

from django.core.management import execute_from_command_line
from django.db import connections

from deploy.listening import number


def main() -> None:
    """Prepare, and serve until a signal ends it. What is wrong is said as by manage.py, and nothing is served then."""
    number("WEB_CONCURRENCY", "1", 256)  # gunicorn reads it, too, as soon as it is imported, and says less
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ictlead.settings")
    execute_from_command_line(["manage.py", "prepare"])
    connections.close_all()  # the processes that serve are forked from this one, and each has its own
    from gunicorn.app.wsgiapp import run

    # SIGUSR2 starts this again.
    sys.argv = [str(Path(sys.executable).with_name("gunicorn")), "-c", "deploy/gunicorn.conf.py"]
    run()


if __name__ == "__main__":
    main()
