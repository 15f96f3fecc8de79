"""The house as docs/architecture.md draws it: imports run down the floors, and no file grows beyond one idea."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

FLOORS = ["schools", "findings", "reading", "exchange", "selfreview", "ictlead"]  # from the ground up
LONGEST = 400  # lines
HEAVY = ["numpy", "nltk", "vl_convert", "docx", "lxml", "xlsxwriter", "redis", "ninja"]
DEVELOPERS_OWN = ["openpyxl", "pandas"]  # a site does not have them; django-import-export loads them where they are

PYTHON = sorted(
    path
    for folder in (*FLOORS, "tests", "deploy", "benchmarks")
    for path in (settings.BASE_DIR / folder).rglob("*.py")
    if path.parent.name != "migrations"
)


def name(path: Path) -> str:
    return str(path.relative_to(settings.BASE_DIR))


def imported(source: str) -> Iterator[tuple[int, str]]:
    """Line and module of every import, inside functions too, and of every import by a literal name."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, each.name) for each in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield node.lineno, module
            case ast.Call(func=ast.Name(id="import_module") | ast.Attribute(attr="import_module"), args=[first, *_]):
                if isinstance(first, ast.Constant):
                    yield node.lineno, str(first.value)


def upward_imports(floor: str, source: str) -> list[str]:
    """The imports of a file on `floor` that reach a floor above it, or the tests."""
    above = {*FLOORS[FLOORS.index(floor) + 1 :], "tests"}
    return [f"line {line} imports {module}" for line, module in imported(source) if module.split(".")[0] in above]


def test_imports_run_down() -> None:
    floors = {path: name(path).split("/")[0] for path in PYTHON}
    found = {name(path): upward_imports(floor, path.read_text()) for path, floor in floors.items() if floor in FLOORS}
    assert len(found) > 100
    assert {path: upward for path, upward in found.items() if upward} == {}


@pytest.mark.parametrize(
    "source",
    [
        "import findings",
        "import findings.models as m",
        "from findings.models import Code",
        "from ictlead import settings",
        "def later():\n    from exchange import tabular",
        "import importlib\nimportlib.import_module('reading.views')",
        "from tests.factories import make_school",
    ],
)
def test_imports_that_run_up_are_found(source: str) -> None:
    assert upward_imports("schools", source) != []


def test_imports_that_run_down_are_no_fault() -> None:
    source = "import django\nfrom schools.models import Quote\nfrom findings import models\nfrom . import views"
    assert upward_imports("selfreview", source) == []


def test_every_app_is_on_a_floor() -> None:
    apps = {path.parent.name for path in settings.BASE_DIR.glob("*/apps.py")} | {"ictlead"}
    assert apps == set(FLOORS)


def test_a_process_starts_without_the_heavy_packages() -> None:
    """They are loaded with the first page that needs them: together they take more memory than all the rest."""
    script = (
        f"import sys; sys.modules.update(dict.fromkeys({DEVELOPERS_OWN}));"
        "import django; django.setup(); from django.test import Client;"
        "assert Client().get('/healthz').status_code == 200;"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    command = [sys.executable, "-c", script]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=settings.BASE_DIR, check=True)
    assert ran.stdout.strip() == "[]"


def test_files_are_short() -> None:
    lines = {name(path): len(path.read_text().splitlines()) for path in PYTHON}
    assert len(lines) > 400
    assert {path: number for path, number in lines.items() if number > LONGEST} == {}
