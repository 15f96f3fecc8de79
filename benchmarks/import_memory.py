"""Memory and time of reading projects of more and more codings, each in its own process, up to a million.

Run: python -m benchmarks.import_memory. A project within the limit is read whole; one beyond it is refused as soon as
it is passed, so that its memory is that of a project at the limit, however large the file is.
"""

import io
import os
import resource
import subprocess
import sys
import time
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

SIZES = (1_000, 10_000, 100_000, 1_000_000)
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
    from exchange.incoming.records import Limits, Unreadable

    data = io.BytesIO(project(codings))
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    try:
        said = f"{len(read(data, Limits()).codings):,} read"
    except Unreadable as refused:
        said = f"refused: {refused}"
    took, grown = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(f"{codings:>9,} codings: {took:5.1f} s, {grown / 1024:6.0f} MB more; {said}", flush=True)


def main() -> None:
    """Each size in a process of its own: memory once taken is seldom given back."""
    if len(sys.argv) > 1:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
        import django

        django.setup()
        measure(int(sys.argv[1]))
        return
    for size in SIZES:
        subprocess.run([sys.executable, "-m", "benchmarks.import_memory", str(size)], check=True)


if __name__ == "__main__":
    main()
