"""Memory and time of bringing in projects of more and more codings, from the file to the last row of the database.

`python -m benchmarks.import_writing [--scale full]`. Each size in a process of its own, on a scratch database (SQLite).
Exits 1 where the time for a coding grows by more than RATIO from the smaller size to the larger: writing is to be
linear.
"""

import hashlib
import io
import resource
import subprocess
import sys
import time

from benchmarks.figures import say, scale
from benchmarks.import_memory import project
from benchmarks.seeded import site, study_alone

SIZES = {True: (10_000, 100_000), False: (1_000, 5_000)}  # at full size, and small
RATIO = 2.0


def measure(codings: int) -> None:
    """Bring one in, and print seconds and the MB by which memory grew."""
    from django.contrib.auth import get_user_model

    from exchange.imports.plan import Plan
    from exchange.imports.writing import carry_out
    from exchange.incoming.recognise import read
    from exchange.incoming.records import Limits
    from findings.actions import coder_of
    from findings.models import Coding, Import

    user = get_user_model().objects.create_user("ann")
    data = project(codings)
    digest = hashlib.sha256(data).hexdigest()
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    held = read(io.BytesIO(data), Limits())
    plan = Plan.of(held, user=user, coder=coder_of(user=user))
    there = Coding.objects.count()
    one = Import.objects.create(user=user, kind=held.kind, name="large.qdpx", digest=digest, data=data)
    carry_out(plan=plan, imported=one)
    took, grown = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    written = Coding.objects.count() - there
    if written != codings:
        raise SystemExit(f"{written:,} of {codings:,} codings are there.")
    print(took, grown / 1024)


def main() -> int:
    """Measure every size; the exit status."""
    if sys.argv[1:2] == ["measure"]:
        import django

        django.setup()
        measure(int(sys.argv[2]))
        return 0
    each = []
    sizes = SIZES[scale(__doc__ or "")]
    for size in sizes:
        with study_alone("sqlite") as url:
            command = [sys.executable, "-m", "benchmarks.import_writing", "measure", str(size)]
            said = subprocess.run(command, env=site(url), check=True, capture_output=True, text=True).stdout
        took, grown = map(float, said.split())
        each.append(1000 * took / size)
        print(f"{size:>9,} codings: {took:5.1f} s, {grown:6.0f} MB more", flush=True)
    name = f"import, a coding of {sizes[1]:,} beside one of {sizes[0]:,}, sqlite"
    return int(not say(name, "ms", each[1:], each[:1], RATIO, least=False))


if __name__ == "__main__":
    sys.exit(main())
