"""Agreement at its largest, with intervals: `python -m benchmarks.agreement [--scale full]`.

5 coders × 50 codes × 10,000 quotes; at small size 1,000, coded on quotes alone and on SQLite.

Each coder gives four passages a code in every quote, mostly the same as the others. Every measure, 1,000 resamples, on
quotes and on characters, each in a process of its own: with the passages made on the way; as the page of the workbench
does it, which reads them from a database of either engine; and the page itself, rendered, through HTTP. Prints a
Markdown table: seconds by the clock and of the processor and the process's peak memory, against the limits. Exits 1
above a limit.
"""

import http.client
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import figures
from benchmarks.seeded import ENGINES, ROOT, SETTINGS, database
from benchmarks.servers import start, stop
from findings.agreement import CHARACTERS, QUOTES, CodedQuote, Passage, agreement

SECONDS, MEGABYTES = 10, 300
CODERS, CODES, LENGTH = [f"coder-{n}" for n in range(5)], [f"code-{n}" for n in range(50)], 400
NUMBER = {False: 1_000, True: 10_000}  # quotes


def passages(number: int) -> Iterator[Passage]:
    """Some 20 passages for each of so many quotes; coders share most and move their ends."""
    chance = random.Random(1)
    for quote in range(number):
        shared = [(chance.choice(CODES), chance.randrange(0, 300), chance.randrange(10, 90)) for _ in range(4)]
        for coder in CODERS:
            for code, begin, length in shared:
                own = chance.choice(CODES) if chance.random() < 0.2 else code
                yield Passage(coder, own, quote, begin, begin + length + chance.randrange(10))


def finished(number: int) -> list[str]:
    """The coders who are done with a quote: all with nine of ten."""
    return CODERS if number % 10 else CODERS[:3]


def measure(basis: str, number: int) -> None:
    """Compute once and print seconds and megabytes."""
    quotes = [CodedQuote(n, LENGTH, frozenset(finished(n))) for n in range(number)]
    begun, worked = time.perf_counter(), time.process_time()
    found = agreement(coders=CODERS, codes=CODES, quotes=quotes, passages=passages(number), basis=basis)
    say(begun, worked, found)


def say(begun: float, worked: float, found: Any) -> None:
    """Print seconds by the clock and of the processor, megabytes, and the pooled alpha."""
    seconds, processor = time.perf_counter() - begun, time.process_time() - worked
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(seconds, processor, memory, found.pooled.estimates["alpha"].value)


def django() -> None:
    """Set Django up for the database that DATABASE_URL names."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    django.setup()


def build(number: int) -> None:
    """The same passages as codings of an opened codebook, in a new database."""
    django()
    from django.utils import timezone

    from findings import actions
    from findings.models import Code, CodebookMember, Coding, QuoteNote
    from schools.models import Quote
    from tests.factories import make_school, make_study, make_topic, make_user

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
        for n in range(number)
    )
    made = {}  # a passage and code twice by one coder is one coding
    for one in passages(number):
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


def session() -> None:
    """The address of the agreement page, and the cookies that let the lead in."""
    django()
    from django.test import Client

    from findings.models import CodebookMember

    member = CodebookMember.objects.select_related("codebook", "user").order_by("pk")[0]
    client = Client()
    client.force_login(member.user)
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    print(f"/workbench/{member.codebook.guid}/agreement/", cookies)


def measure_http(url: str, basis: str) -> tuple[float, float]:
    """Seconds that the page takes through HTTP, once, and the most megabytes that a process of its server held."""
    road, _, cookies = run("session", DATABASE_URL=url).strip().partition(" ")
    server, port = start(url)
    try:
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        begun = time.perf_counter()
        client.request("GET", road if basis == QUOTES else f"{road}?unit={basis}", headers={"Cookie": cookies})
        response = client.getresponse()
        assert response.status == 200, response.status
        response.read()
        return time.perf_counter() - begun, peak(server.pid)
    finally:
        stop(server)


def peak(group: int) -> float:
    """The most megabytes that any process of a group has held."""
    most = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if int((folder / "stat").read_text().rsplit(")", 1)[1].split()[2]) == group:
                lines = (folder / "status").read_text().splitlines()
                most = max([most, *(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))])
        except (OSError, IndexError):
            continue
    return most / 1024


def run(*asked: str, **environment: str) -> str:
    """This script in a process of its own; what it prints."""
    command, given = [sys.executable, "-m", "benchmarks.agreement", *asked], os.environ | environment
    return subprocess.run(command, cwd=ROOT, env=given, stdout=subprocess.PIPE, text=True, check=True).stdout


def row(
    quotes: int, source: str, basis: str, seconds: float, memory: float, alpha: str = "", processor: str = ""
) -> bool:
    """A line of the table; whether it is within the limits."""
    cells = [source, basis, alpha, f"{seconds:.1f}", f"{seconds / SECONDS:.2f}", processor]
    print(f"| {' | '.join([*cells, f'{memory:.0f}', f'{memory / MEGABYTES:.2f}'])} |", flush=True)
    name = f"agreement of 5 coders on {quotes:,} quotes, {basis}, {source}"
    reached = figures.say(name, "s", [seconds], [], SECONDS, least=False)
    return figures.say(f"{name}: memory", "MB", [memory], [], MEGABYTES, least=False) and reached


def main() -> int:
    """Measure each basis from memory, from each database, and through HTTP; the exit status."""
    full = figures.scale(__doc__ or "")
    quotes, units = NUMBER[full], (QUOTES, CHARACTERS) if full else (QUOTES,)
    print("| passages | units | alpha, pooled | seconds | of limit | processor (s) | peak memory (MB) | of limit |")
    print("|---|---|---:|---:|---:|---:|---:|---:|")
    within = [measured(quotes, "made", basis) for basis in units]
    for engine in ENGINES if full else ENGINES[:1]:
        with database(engine, 0, 0, 0) as url:
            run("build", str(quotes), DATABASE_URL=url)
            for basis in units:
                within.append(measured(quotes, "page", basis, f"page, {engine}", DATABASE_URL=url))
                within.append(row(quotes, f"HTTP, {engine}", basis, *measure_http(url, basis)))
    return int(not all(within))


def measured(quotes: int, source: str, basis: str, name: str = "made", **options: str) -> bool:
    """One measurement in a process of its own, as a line."""
    seconds, processor, memory, alpha = map(float, run(source, basis, str(quotes), **options).split())
    return row(quotes, name, basis, seconds, memory, f"{alpha:.3f}", f"{processor:.1f}")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["build", quotes]:
            build(int(quotes))
        case ["session"]:
            session()
        case ["made", units, quotes]:
            measure(units, int(quotes))
        case ["page", units, _]:
            measure_page(units)
        case _:
            sys.exit(main())
