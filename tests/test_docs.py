"""Documentation that would otherwise fall behind: every switch and every command is described."""

import re
from pathlib import Path

from django.conf import settings
from django.core.management import get_commands

READ_BY = ["ictlead/settings.py", "deploy/gunicorn.conf.py", "Makefile"]
_READ = [
    re.compile(r"""(?:env_\w+|environ\.get|getenv|\bnumber)\(\s*["']([A-Z_]+)["']"""),  # Python
    re.compile(r"""environ\[\s*["']([A-Z_]+)["']"""),
    re.compile(r"^([A-Z_]+) \?=", re.MULTILINE),  # make
    re.compile(r"\$\$\{([A-Z_]+)"),  # the shell in a recipe
]


def read(path: str) -> str:
    return Path(settings.BASE_DIR, path).read_text()


def switches(source: str) -> set[str]:
    """The environment variables that a file reads."""
    return {name for pattern in _READ for name in pattern.findall(source)}


def test_switches_are_found() -> None:
    source = """
    A = env_flag("ONE", True) or env_number('TWO', 2); os.environ.get("THREE"); os.environ["FOUR"]
FIVE ?= 5
\t@export A="$${SIX:-0}"
"""
    assert switches(source) == {"ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX"}


def test_every_switch_is_documented() -> None:
    used = {name for path in READ_BY for name in switches(read(path))}
    documented = set(re.findall(r"`([A-Z_]+)`", read("docs/operations.md")))
    assert used - documented == set()
    assert {"SECRET_KEY", "PORT", "VENV"} <= used


def test_every_documented_switch_is_read() -> None:
    used = {name for path in READ_BY for name in switches(read(path))}
    table = set(re.findall(r"^\| `([A-Z_]+)`", read("docs/operations.md"), re.MULTILINE))
    assert table - used == set()


def test_every_command_is_documented() -> None:
    ours = {name for name, app in get_commands().items() if app in {"ictlead", "schools", "findings", "selfreview"}}
    text = read("docs/operations.md")
    assert {name for name in ours if f"`{name}`" not in text and f"manage.py {name}" not in text} == set()
    assert {"check_study", "load_study", "prepare"} <= ours


def test_every_target_of_make_has_a_help_line() -> None:
    makefile = read("Makefile")
    [targets] = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert set(targets.split()) == set(re.findall(r"^([a-z]+):.*##", makefile, re.MULTILINE))
