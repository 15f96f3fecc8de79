"""Programs that the site is measured with or against, each in an environment of its own beside this one."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.seeded import ROOT


def pin(name: str) -> str:
    """What requirements-bench.txt says of a package: `locust==2.47.0`. Raises LookupError where it says nothing."""
    said = re.search(rf"^{name}==\S+", (ROOT / "requirements-bench.txt").read_text(), re.MULTILINE)
    if said is None:
        raise LookupError(f"requirements-bench.txt does not name {name}.")
    return said[0]


def program(name: str) -> Path:
    """The program of that name, from the package of that name on PyPI; it is installed the first time, and kept."""
    home = Path(sys.prefix, "bench", pin(name))
    found = home / "bin" / name
    if not found.exists():
        shutil.rmtree(home, ignore_errors=True)  # of an installation that did not end
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        install = [str(home / "bin" / "pip"), "install", "-qq", "--disable-pip-version-check", pin(name)]
        subprocess.run(install, check=True)
    return found
