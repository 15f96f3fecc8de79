"""Sentences in which words are as unevenly common as in speech (Zipf's law), from a vocabulary that nobody spoke.

The most common words are English ones, of schools and computers, so that a search has something to find; the rest are
syllables put together. The same generator of random numbers gives the same sentences.
"""

from collections.abc import Iterator
from itertools import product

import numpy as np

SMALL = """
the and to of we a in they it is that with for our are on have was you this but not as all at from can she he has or
been were so what there more when do if who will them would about out now up into then very how these just
""".split()
COMMON = """
pupils staff ICT learning teachers school computers parents children work classroom boards time lessons laptops think
people training support use skills interactive need technology making good change vision help whole year reading
writing maths science internet money governors leadership years team confidence website software email lesson projector
camera podcast research homework assessment planning risk trust enjoy share coach listen purpose wonder café naïve
résumé don’t can’t we’ve it’s staff’s
""".split()
SYLLABLES = "ba cor den fal gri hov jun kel lom mar nis pol quen rud sat tiv ul vet wen yor zam tri sho pla".split()
VOCABULARY = 12_000  # words; the rarest occurs a few times in a million quotes
SHORTEST, LONGEST, MIDDLE = 4, 120, 24  # words of a quote: least, most, median


def vocabulary() -> list[str]:
    """The words, most common first, each once."""
    made = ("".join(parts) for parts in product(SYLLABLES, repeat=3))
    return [*dict.fromkeys([*SMALL, *COMMON]), *made][:VOCABULARY]


class Speech:
    """Endless sentences."""

    def __init__(self, random: np.random.Generator) -> None:
        self.random = random
        self.words = np.array(vocabulary(), dtype=object)
        shares = 1 / (np.arange(len(self.words)) + 2.7)  # Mandelbrot's form: the first words are not too common
        self.bounds = np.cumsum(shares / shares.sum())

    def sentences(self, count: int) -> Iterator[str]:
        """So many, of 4 to 120 words, 24 being the median."""
        lengths = np.clip(self.random.lognormal(np.log(MIDDLE), 0.6, count), SHORTEST, LONGEST).astype(int)
        drawn = np.searchsorted(self.bounds, self.random.random(int(lengths.sum())))
        spoken = self.words[np.minimum(drawn, len(self.words) - 1)]
        end = 0
        for length in lengths.tolist():
            begin, end = end, end + length
            text = " ".join(spoken[begin:end])
            yield f"{text[0].upper()}{text[1:]}."
