"""Memory and time of reading projects of more and more codings, each in its own process, up to a million.

`python -m benchmarks.import_memory [--scale full]`, a million at full size. A project within the limit is read whole;
one beyond it is refused as soon as it is passed, so that its memory is that of a project at the limit, however large
the file is. Exits 1 where a project takes more than MOST, is refused and should be read, or the reverse.
"""

import io
import os
import resource
import subprocess
import sys
import time
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

from benchmarks.figures import say, scale
from exchange.incoming.records import Limits, Unreadable

SIZES = {False: (1_000, 10_000, 110_000), True: (1_000, 10_000, 100_000, 1_000_000)}
MOST = 100.0  # MB
CODE = UUID(int=1)


def project(codings: int) -> bytes:
    """A project of one text with so many codings of one character each."""
    out = io.BytesIO()
    head = (
        '<Project xmlns="urn:QDA-XML:project:1.0" name="Large" origin="Benchmark"><CodeBook><Codes>'
        f'<Code guid="{CODE}" name="A" isCodable="true"/></Codes></CodeBook>'
        f'<Sources><TextSource guid="{UUID(int=2)}" name="T" plainTextPath="internal://t.txt">\n'
    )
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        with archive.open("project.qde", "w") as part:
            part.write(head.encode())
            for n in range(codings):
                coding = f'<Coding guid="{UUID(int=4 + 2 * n)}"><CodeRef targetGUID="{CODE}"/></Coding>'
                head = f'<PlainTextSelection guid="{UUID(int=3 + 2 * n)}" startPosition="{n}" endPosition="{n + 1}">'
                part.write(f"{head}{coding}</PlainTextSelection>\n".encode())
            part.write(b"</TextSource></Sources></Project>")
        archive.writestr("sources/t.txt", os.urandom(codings // 2 + 1).hex())
    return out.getvalue()


def measure(codings: int) -> None:
    """Read one, and print what it took."""
    from exchange.incoming.recognise import read

    data, refused = io.BytesIO(project(codings)), ""
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    try:
        assert len(read(data, Limits()).codings) == codings
    except Unreadable as told:
        refused = str(told)
    took, grown = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(took, grown / 1024, refused)


def main() -> int:
    """Each size in a process of its own: memory once taken is seldom given back. The exit status."""
    if sys.argv[1:2] == ["measure"]:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
        import django

        django.setup()
        measure(int(sys.argv[2]))
        return 0
    reached = True
    for size in SIZES[scale(__doc__ or "")]:
        command = [sys.executable, "-m", "benchmarks.import_memory", "measure", str(size)]
        said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        took, grown, *refused = said.split(maxsplit=2)
        print(f"{size:>9,} codings: {float(took):5.1f} s; {refused[0].strip() if refused else 'read'}", flush=True)
        reached &= bool(refused) == (size > Limits().codings)
        name = f"memory of {'refusing' if refused else 'reading'} a project of {size:,} codings"
        reached &= say(name, "MB more", [float(grown)], [], MOST, least=False)
    return int(not reached)


if __name__ == "__main__":
    sys.exit(main())
