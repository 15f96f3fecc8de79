"""What the rows of a study's files refer to, and what becomes of each row: entries as fixtures have them.

Plain values; asks no database. `Rows` knows what it has taken so far, and so whether a later row refers to something.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from django.db import models
from django.utils import timezone

from exchange.incoming.guids import NAMESPACE
from exchange.incoming.texts import PlainText
from exchange.study_tables import MODELS, TABLES
from schools.studies import HUES, signs

EDITORS = "editors"

Key = tuple[str, ...]
Said = dict[str, str]  # a row's cells by their columns


@dataclass
class Entry:
    """A record to be. `first`: values that only a new one gets."""

    place: str
    table: str
    fields: dict[str, Any]
    first: dict[str, Any] = field(default_factory=dict)

    @property
    def model(self) -> type[models.Model]:
        """Of which model it is."""
        return MODELS[self.table]


class Rows:
    """The rows of a study of this short name, taken one after another. Faults are added to `faults`.

    `maker`: as for `exchange.study_folder.read_folder`.
    """

    def __init__(self, study: str, maker: str, faults: list[str]) -> None:
        self.study, self.maker, self.faults = study, maker, faults
        self.keys: dict[str, dict[Key, str]] = {one.key: {} for one in TABLES}  # by table, with the place of each
        self.guids: dict[UUID, str] = {}
        self.quotes: dict[str, Key] = {}  # school and line, by what a row may call the quote
        self.texts: dict[Key, PlainText] = {}
        self.codes: dict[tuple[str, str], str] = {}  # short name, by codebook and what a row may call the code
        self.counts: dict[Any, int] = {}
        self.coders = {EDITORS: maker or EDITORS}
        self.codebooks: dict[str, str] = {}
        self.letters: set[str] = set()  # of schools

    def take(self, table: str, place: str, fields: dict[str, Any], said: Said) -> Entry | None:
        """A row as an entry; None where something is wrong with it. `fields`: its plain values, cleaned."""
        before = len(self.faults)
        entry = Entry(place, table, fields)
        key = _TAKEN[table](self, entry, said)
        if len(self.faults) > before or key is None:
            return None
        there = self.keys[table].get(key) or self.guids.get(fields.get("guid", UUID(int=0)))
        if there is not None:
            self.faults.append(f"{place}: this says again what stands in {there}.")
            return None
        self.keys[table][key] = place
        if "guid" in fields:
            self.guids[fields["guid"]] = place
        return entry

    # ── What a row refers to ────────────────────────────────────────────────────────────────────
    def _of(self, table: str, name: str, place: str) -> list[str] | None:
        """The natural key of a row of another file, by its short name."""
        key = name.strip()
        if (key,) not in self.keys[table]:
            noun = MODELS[table]._meta.verbose_name
            self.faults.append(f"{place}: there is no {noun} “{key[:60]}” in data/{table}.csv.")
            return None
        return [self.study, key]

    def _coder(self, said: Said, place: str) -> list[str] | None:
        name = said.get("coder", "").strip() or EDITORS
        if name not in self.coders:
            self.faults.append(f"{place}: there is no coder “{name[:60]}” in data/coders.csv.")
            return None
        return [self.coders[name]]

    def _codebook(self, said: Said, place: str) -> list[str] | None:
        found = self._of("codebooks", said["codebook"], place)
        return found and [self.codebooks[found[1]]]

    def _quote(self, said: str, place: str) -> Key | None:
        """School and line of a quote, which a row calls by its identity or as school/line: hill/L12."""
        name = said.strip().lower() if "/" not in said else said.strip()
        if name not in self.quotes:
            self.faults.append(
                f"{place}: there is no quote “{said[:60]}”. Write its identity, or school/line: hill/L12."
            )
            return None
        return self.quotes[name]

    def _natural(self, quote: Key) -> list[str]:
        return [self.study, *quote]

    def _number(self, *of: str) -> int:
        """The place of a row among those of its kind, from 1."""
        self.counts[of] = self.counts.get(of, 0) + 1
        return self.counts[of]

    def _derived(self, *said: Any) -> UUID:
        """An identity for what has no name, made of what it is: the same whenever the folder is read."""
        return uuid5(NAMESPACE, " ".join(("study folder", self.study, *map(str, said))))

    # ── Each file's own ─────────────────────────────────────────────────────────────────────────
    def _topic(self, entry: Entry, said: Said) -> Key:
        fields = entry.fields
        fields["study"] = [self.study]
        fields.setdefault("position", self._number("topics"))
        fields["label"] = fields.get("label") or fields.get("name", "")[:40]
        return (fields.get("slug", ""),)

    def _indicator(self, entry: Entry, said: Said) -> Key:
        entry.fields["study"] = [self.study]
        entry.fields.setdefault("position", self._number("indicators"))
        entry.fields.setdefault("group", "school")
        return (entry.fields.get("slug", ""),)

    def _school(self, entry: Entry, said: Said) -> Key:
        fields, number = entry.fields, self._number("schools")
        fields["study"] = [self.study]
        fields.setdefault("position", number)
        fields.setdefault("colour", (number - 1) % HUES + 1)
        if not fields.get("letter"):
            fields["letter"] = next(one for one in signs() if one not in self.letters)
        entry.first = {"known_for": "", "summary": "", "locator": ""}
        for name, low, high in (("pupils", 1, 10**6), ("fsm_percent", 0, 100), ("colour", 1, HUES)):
            if fields.get(name) is not None and not low <= fields[name] <= high:
                self.faults.append(f"{entry.place}: “{name}” is {fields[name]}; it lies between {low} and {high:,}.")
        if fields["letter"] in self.letters:
            self.faults.append(f"{entry.place}: another school has the letter “{fields['letter']}”.")
        self.letters.add(fields["letter"])
        return (fields.get("slug", ""),)

    def _section(self, entry: Entry, said: Said) -> Key | None:
        school, topic = self._of("schools", said["school"], entry.place), self._of("topics", said["topic"], entry.place)
        entry.fields |= {"school": school, "topic": topic}
        entry.first = {"locator": ""}
        return (school[1], topic[1]) if school and topic else None

    def _fact(self, entry: Entry, said: Said) -> Key | None:
        fields, place = entry.fields, entry.place
        school, indicator = self._of("schools", said["school"], place), self._of("indicators", said["indicator"], place)
        fields |= {"school": school, "indicator": indicator}
        if fields.get("value") and not fields.get("locator") and not fields.get("note"):
            words = "say on which line the source states it, like L12, or in “note” why no line is named."
            self.faults.append(f"{place}: “locator” is empty: {words}")
        if not fields.get("value") and (fields.get("locator") or fields.get("number") is not None):
            self.faults.append(f"{place}: “value” is empty: then it is not stated, and has neither number nor locator.")
        return (school[1], indicator[1]) if school and indicator else None

    def _said(self, entry: Entry, said: Said) -> Key | None:
        fields, place = entry.fields, entry.place
        school, topic = self._of("schools", said["school"], place), self._of("topics", said["topic"], place)
        fields |= {"school": school, "topic": topic}
        if not school or not topic or "locator" not in fields:
            return None
        fields.setdefault("position", self._number("quotes", school[1]))
        key = (school[1], fields["locator"])
        self.quotes["/".join(key)] = key
        if "guid" in fields:
            self.quotes[str(fields["guid"])] = key
        self.texts[key] = PlainText.within(said["quote"])
        return key

    def _advice(self, entry: Entry, said: Said) -> Key | None:
        school = self._of("schools", said["school"], entry.place)
        quote = self._quote(said["quote_id"], entry.place) if said.get("quote_id", "").strip() else None
        if school is None:
            return None
        entry.fields |= {"school": school, "quote": self._natural(quote) if quote else None}
        entry.fields.setdefault("position", self._number("advice", school[1]))
        entry.first = {"locator": ""}
        return (school[1], str(entry.fields["position"]))

    def _book(self, entry: Entry, said: Said) -> Key:
        fields = entry.fields
        name = fields.get("slug", "")
        fields["study"] = [self.study]
        fields.setdefault("position", self._number("codebooks"))
        if self.maker:  # a private codebook's short name tells nothing
            fields.setdefault("guid", self._derived("codebook", name))
            fields["slug"] = fields["guid"].hex
        entry.first = {"is_editorial": not self.maker, "is_published": not self.maker}
        self.codebooks[name] = fields["slug"]
        return (name,)

    def _code(self, entry: Entry, said: Said) -> Key | None:
        fields, place = entry.fields, entry.place
        codebook, book = self._codebook(said, place), said["codebook"].strip()
        if codebook is None or "slug" not in fields:
            return None
        fields["codebook"], fields["parent"] = codebook, None
        above = said.get("parent_id", "").strip()
        if above and (book, above.lower()) not in self.codes:
            self.faults.append(f"{place}: there is no code “{above[:60]}” of this codebook above this line.")
        elif above:
            fields["parent"] = [*codebook, self.codes[book, above.lower()]]
        example = said.get("example_quote_id", "").strip()
        quote = self._quote(example, place) if example else None
        if "example_quote_id" in said:
            fields["example"] = self._natural(quote) if quote else None
        fields.setdefault("position", self._number("codes", book))
        self.codes[book, fields["slug"].lower()] = fields["slug"]
        if "guid" in fields:
            self.codes[book, str(fields["guid"])] = fields["slug"]
        return (book, fields["slug"])

    def _who(self, entry: Entry, said: Said) -> Key:
        fields = entry.fields
        name = fields.get("slug", "")
        if self.maker and name == EDITORS:
            self.coders[name] = fields["slug"] = self.maker
        elif self.maker:
            fields["guid"] = self._derived("coder", name)
            self.coders[name] = fields["slug"] = f"name-{fields['guid'].hex}"
        else:
            self.coders[name] = name
        return (name,)

    def _coding(self, entry: Entry, said: Said) -> Key | None:
        fields, place = entry.fields, entry.place
        quote, codebook, coder = (
            self._quote(said["quote_id"], place),
            self._codebook(said, place),
            self._coder(said, place),
        )
        book, name = said["codebook"].strip(), said["code"].strip()
        if codebook is not None and (book, name) not in self.keys["codes"]:
            self.faults.append(f"{place}: there is no code “{name[:60]}” of “{book[:60]}” in data/codes.csv.")
            return None
        if quote is None or codebook is None or coder is None or not self._place_passage(entry, quote, said):
            return None
        fields |= {"quote": self._natural(quote), "code": [*codebook, name], "coder": coder}
        key = (*quote, book, name, *coder, str(fields["start"]), str(fields["end"]))
        fields.setdefault("guid", self._derived("coding", *key))
        entry.first = {"coded_at": timezone.now(), "memo": ""}
        return key

    def _place_passage(self, entry: Entry, quote: Key, said: Said) -> bool:
        """Say where a passage begins and ends: by its numbers, by its words, or the whole quote."""
        fields, text = entry.fields, self.texts[quote]
        words = PlainText.within(said.get("passage", "")).text
        if ("start" in fields) != ("end" in fields):
            self.faults.append(f"{entry.place}: “start” and “end” belong together.")
            return False
        if "start" not in fields:
            count = text.text.count(words) if words else 1
            if count != 1:
                found = (
                    "does not stand in its quote"
                    if not count
                    else f"stands in its quote {count} times: give start and end"
                )
                self.faults.append(f"{entry.place}: “passage” {found}.")
                return False
            fields["start"] = text.text.index(words)
            fields["end"] = fields["start"] + len(words) if words else len(text.text)
        else:  # as the file counts them: a line may end in two characters there
            fields["start"], fields["end"] = text.at(fields["start"]), text.at(fields["end"])
        start, end, length = fields["start"], fields["end"], len(text.text)
        if not start < end <= length:
            words = f"the passage from {start} to {end} is none of its quote, which has {length} characters"
            self.faults.append(f"{entry.place}: {words}.")
            return False
        if words and text.text[start:end] != words:
            self.faults.append(f"{entry.place}: “passage” has other words than the quote from “start” to “end”.")
            return False
        return True

    def _uncoded(self, entry: Entry, said: Said) -> Key | None:
        place = entry.place
        quote, codebook, coder = (
            self._quote(said["quote_id"], place),
            self._codebook(said, place),
            self._coder(said, place),
        )
        if quote is None or codebook is None or coder is None:
            return None
        entry.fields |= {"quote": self._natural(quote), "codebook": codebook, "coder": coder}
        key = (*quote, *codebook, *coder)
        entry.fields.setdefault("guid", self._derived("uncoded", *key))
        return key

    def _theme(self, entry: Entry, said: Said) -> Key:
        fields = entry.fields
        fields["study"] = [self.study]
        fields.setdefault("position", self._number("themes"))
        fields["question"] = fields.get("question") or fields.get("name", "")
        entry.first = {"locator": ""}
        return (fields.get("slug", ""),)

    def _finding(self, entry: Entry, said: Said) -> Key | None:
        theme = self._of("themes", said["theme"], entry.place)
        if theme is None:
            return None
        entry.fields["theme"] = theme
        entry.fields.setdefault("position", self._number("findings", theme[1]))
        entry.first = {"locator": ""}
        return (entry.fields.get("slug", ""),)

    def _evidence(self, entry: Entry, said: Said) -> Key | None:
        finding = self._of("findings", said["finding"], entry.place)
        quote, coder = self._quote(said["quote_id"], entry.place), self._coder(said, entry.place)
        if finding is None or quote is None or coder is None:
            return None
        entry.fields |= {"finding": finding[1:], "quote": self._natural(quote), "coder": coder}
        return (finding[1], *quote)

    def _case_evidence(self, entry: Entry, said: Said) -> Key | None:
        finding = self._of("findings", said["finding"], entry.place)
        school, coder = self._of("schools", said["school"], entry.place), self._coder(said, entry.place)
        if finding is None or school is None or coder is None:
            return None
        entry.fields |= {"finding": finding[1:], "school": school, "coder": coder}
        entry.first = {"locator": ""}
        return (finding[1], school[1])

    def _reference(self, entry: Entry, said: Said) -> Key:
        entry.fields["study"] = [self.study]
        entry.first = {"publication": "", "locator": ""}
        return (entry.fields.get("slug", ""),)

    def _term(self, entry: Entry, said: Said) -> Key:
        entry.fields["study"] = [self.study]
        entry.first = {"locator": ""}
        return (entry.fields.get("abbreviation", ""),)


_TAKEN: dict[str, Callable[[Rows, Entry, Said], Key | None]] = {
    "topics": Rows._topic,
    "indicators": Rows._indicator,
    "schools": Rows._school,
    "sections": Rows._section,
    "facts": Rows._fact,
    "quotes": Rows._said,
    "advice": Rows._advice,
    "codebooks": Rows._book,
    "codes": Rows._code,
    "coders": Rows._who,
    "codings": Rows._coding,
    "uncoded": Rows._uncoded,
    "themes": Rows._theme,
    "findings": Rows._finding,
    "evidence": Rows._evidence,
    "case_evidence": Rows._case_evidence,
    "references": Rows._reference,
    "glossary": Rows._term,
}
