"""Agreement at its largest: `python benchmarks/agreement.py`. 5 coders × 50 codes × 10,000 quotes, with intervals.

Each coder gives four passages a code in every quote, mostly the same as the others. Every measure, 1,000 resamples, on
quotes and on characters, each in a process of its own. Prints a Markdown table: seconds by the clock and of the
processor (making the passages included) and the process's peak memory, against the limits. Exits 1 above a limit.
"""

import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

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


def measure(basis: str) -> None:
    """Compute once and print seconds and megabytes."""
    quotes = [CodedQuote(n, LENGTH, frozenset(CODERS if n % 10 else CODERS[:3])) for n in range(NUMBER)]
    begun, worked = time.perf_counter(), time.process_time()
    found = agreement(coders=CODERS, codes=CODES, quotes=quotes, passages=passages(), basis=basis)
    seconds, processor = time.perf_counter() - begun, time.process_time() - worked
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(seconds, processor, memory, found.pooled.estimates["alpha"].value)


def main() -> int:
    """Measure each basis; the exit status."""
    over = 0
    print("| units | alpha, pooled | seconds | of the limit | processor (s) | peak memory (MB) | of the limit |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for basis in (QUOTES, CHARACTERS):
        ran = subprocess.run([sys.executable, __file__, basis], capture_output=True, text=True, check=True)
        seconds, processor, memory, alpha = map(float, ran.stdout.split())
        over |= seconds > SECONDS or memory > MEGABYTES
        speed = f"{seconds:.1f} | {seconds / SECONDS:.2f} | {processor:.1f}"
        print(f"| {basis} | {alpha:.3f} | {speed} | {memory:.0f} | {memory / MEGABYTES:.2f} |")
    return int(over)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(sys.argv[1])
    else:
        sys.exit(main())
