"""Numbers as people write them, in the forms that ask for some."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from reading.forms import NumberField, WholeNumberField


@pytest.mark.parametrize(("typed", "number"), [("1,200", 1200), (" 1 200 ", 1200), ("17", 17)])
def test_whole_numbers(typed: str, number: int):
    assert WholeNumberField().clean(typed) == number


@pytest.mark.parametrize(("typed", "number"), [("17%", "17"), ("17.5 %", "17.5"), ("1,200.5", "1200.5")])
def test_numbers(typed: str, number: str):
    assert NumberField().clean(typed) == Decimal(number)


@pytest.mark.parametrize("typed", ["1,2", "many", "1,20,0"])
def test_what_is_no_number_is_refused(typed: str):
    with pytest.raises(ValidationError):
        WholeNumberField().clean(typed)
