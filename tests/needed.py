"""What some tests need of a machine, and not every machine has."""

import os
from typing import NoReturn

import pytest


def missing(reason: str) -> NoReturn:
    """Skip the test, and say what to install or bring. With CI=true, where nothing may be missing, it fails."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
