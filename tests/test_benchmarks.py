"""The benchmarks: that the table of all of them leaves none out, and how a figure is held against its limit."""

import json
import re

import pytest
from django.conf import settings

from benchmarks.figures import say
from benchmarks.programs import pin
from benchmarks.run import PROGRAMS, SCRIPTS, row

FOLDER = settings.BASE_DIR / "benchmarks"


def test_every_script_that_says_a_figure_is_run():
    imports = re.compile(r"^from benchmarks(\.figures import .*\bsay\b| import figures)", re.MULTILINE)
    saying = [path.stem for path in FOLDER.glob("*.py") if imports.search(path.read_text())]
    assert sorted(saying) == sorted(SCRIPTS)


def test_what_is_measured_with_has_its_version():
    assert [pin(name).partition("==")[0] for name in PROGRAMS.values()] == list(PROGRAMS.values())
    with pytest.raises(LookupError, match="does not name nothing"):
        pin("nothing")


@pytest.mark.parametrize(
    ("references", "limit", "least", "ratio", "reached"),
    [
        ([5.0, 40.0, 30.0], 0.4, True, 0.4, True),  # the median of the ratios of pairs: 1, 0.25, 0.4
        ([5.0, 40.0, 30.0], 0.3, False, 0.4, False),
        ([], 10.0, False, None, True),
        ([], 9.0, False, None, False),
    ],
)
def test_figures_are_held_against_limits(capsys, references, limit, least, ratio, reached):
    assert say("CSV", "rows/s", [5.0, 10.0, 12.0], references, limit, least=least) is reached
    said = json.loads(capsys.readouterr().out.splitlines()[1])
    assert (said["figure"], said["ratio"], said["reached"]) == (10, ratio, reached)
    assert row(said).endswith("| reached |" if reached else "| **not reached** |")
