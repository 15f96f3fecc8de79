"""What tests of accounts share: every test begins without limits that another test used up."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _no_limits_used() -> None:
    cache.clear()
