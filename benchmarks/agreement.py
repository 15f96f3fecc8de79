"""Agreement at its largest: `python benchmarks/agreement.py`. 5 coders × 50 codes × 10,000 quotes, with intervals.

Each coder gives four passages a code in every quote, mostly the same as the others. Every measure, 1,000 resamples, on
quotes and on characters, each in a process of its own: once with the passages made on the way, and once as the page of
the workbench does it, which reads them from a database (SQLite) that is made before. Prints a Markdown table: seconds
by the clock and of the processor and the process's peak memory, against the limits. Exits 1 above a limit.
"""

import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from findings.agreement import CHARACTERS, QUOTES, CodedQuote, Passage, agreement

SECONDS, MEGABYTES = 10, 300
CODERS, CODES, NUMBER, LENGTH = [f"coder-{n}" for n in range(5)], [f"code-{n}" for n in range(50)], 10_000, 400


def passages() -> Iterator[Passage]:
    """Some 200,000 passages; coders share most and move their ends."""
    chance = random.Random(1)
    for quote in range(NUMBER):
        shared = [(chance.choice(CODES), chance.randrange(0, 300), chance.randrange(10, 90)) for _ in range(4)]
        for coder in CODERS:
            for code, start, length in shared:
                own = chance.choice(CODES) if chance.random() < 0.2 else code
                yield Passage(coder, own, quote, start, start + length + chance.randrange(10))


def finished(number: int) -> list[str]:
    """The coders who are done with a quote: all with nine of ten."""
    return CODERS if number % 10 else CODERS[:3]


def measure(basis: str) -> None:
    """Compute once and print seconds and megabytes."""
    quotes = [CodedQuote(n, LENGTH, frozenset(finished(n))) for n in range(NUMBER)]
    begun, worked = time.perf_counter(), time.process_time()
    found = agreement(coders=CODERS, codes=CODES, quotes=quotes, passages=passages(), basis=basis)
    say(begun, worked, found)


def say(begun: float, worked: float, found: Any) -> None:
    """Print seconds by the clock and of the processor, megabytes, and the pooled alpha."""
    seconds, processor = time.perf_counter() - begun, time.process_time() - worked
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(seconds, processor, memory, found.pooled.estimates["alpha"].value)


def django() -> None:
    """Set Django up for the database that DATABASE_URL names."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()


def build() -> None:
    """The same passages as codings of an opened codebook, in a new database; some 200,000 rows."""
    django()
    from django.core.management import call_command
    from django.utils import timezone

    from findings import actions
    from findings.models import Code, CodebookMember, Coding, QuoteNote
    from schools.models import Quote
    from tests.factories import make_school, make_study, make_topic, make_user

    call_command("migrate", verbosity=0)
    study, now = make_study(), timezone.now()
    users = [make_user(name, password=None) for name in CODERS]
    codebook = actions.start_codebook(user=users[0], study=study, name="Large")
    CodebookMember.objects.bulk_create(CodebookMember(codebook=codebook, user=user, role="coder") for user in users[1:])
    coders = {user.username: actions.coder_of(user=user) for user in users}
    codes = {
        one.slug: one
        for one in Code.objects.bulk_create(
            Code(codebook=codebook, slug=slug, name=slug, position=place) for place, slug in enumerate(CODES)
        )
    }
    schools, topic = [make_school(study) for _ in range(10)], make_topic(study)
    quotes = Quote.objects.bulk_create(
        Quote(
            school=schools[n % 10],
            topic=topic,
            text="a" * LENGTH,
            locator=f"L{n + 1}",
            position=n,
            speaker_role="teacher",
        )
        for n in range(NUMBER)
    )
    made = {}  # a passage and code twice by one coder is one coding
    for one in passages():
        made[one.coder, one.code, one.quote, one.start, one.end] = Coding(
            quote=quotes[int(str(one.quote))],
            code=codes[one.code],
            coder=coders[one.coder],
            start=one.start,
            end=one.end,
            coded_at=now,
        )
    Coding.objects.bulk_create(made.values(), batch_size=2000)
    QuoteNote.objects.bulk_create(
        (
            QuoteNote(codebook=codebook, quote=quote, coder=coders[name], done_at=now)
            for n, quote in enumerate(quotes)
            for name in finished(n)
        ),
        batch_size=2000,
    )
    actions.open_codings(codebook=codebook, coder=actions.coder_of(user=users[0]))


def measure_page(basis: str) -> None:
    """What the page of the workbench does before it is rendered, once."""
    django()
    from django.http import QueryDict

    from findings.access import Desk
    from findings.analysis.agreement_page import AgreementPage
    from findings.models import CodebookMember

    member = CodebookMember.objects.select_related("codebook__study", "user__coder").order_by("pk")[0]
    desk = Desk(member.codebook, member, member.user.coder)
    begun, worked = time.perf_counter(), time.process_time()
    page = AgreementPage.of(desk, member.user, QueryDict("" if basis == QUOTES else f"unit={basis}"))
    say(begun, worked, page.found)


def run(*asked: str, **environment: str) -> str:
    """This script in a process of its own; what it prints."""
    command = [sys.executable, __file__, *asked]
    return subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=True).stdout


def main() -> int:
    """Measure each basis from memory and from the database; the exit status."""
    over = 0
    print("| passages | units | alpha, pooled | seconds | of limit | processor (s) | peak memory (MB) | of limit |")
    print("|---|---|---:|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        database = {"DATABASE_URL": f"sqlite:///{folder}/large.sqlite3", "DATA_DIR": folder}
        run("build", **database)
        for source, options in (("made", {}), ("page", database)):
            for basis in (QUOTES, CHARACTERS):
                seconds, processor, memory, alpha = map(float, run(source, basis, **options).split())
                over |= seconds > SECONDS or memory > MEGABYTES
                speed = f"{seconds:.1f} | {seconds / SECONDS:.2f} | {processor:.1f}"
                print(f"| {source} | {basis} | {alpha:.3f} | {speed} | {memory:.0f} | {memory / MEGABYTES:.2f} |")
    return int(over)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["build"]:
            build()
        case ["made", units]:
            measure(units)
        case ["page", units]:
            measure_page(units)
        case _:
            sys.exit(main())
