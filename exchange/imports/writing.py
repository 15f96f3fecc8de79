"""The making of what a plan says, in one transaction or not at all."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID, uuid4, uuid5

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from exchange.imports.aims import check_takes_texts, free, taken_of
from exchange.imports.facts import Facts
from exchange.imports.findings import make_findings
from exchange.imports.plan import Home, NewCoding, NewText, Plan, tidy
from exchange.incoming.cutting import Lines
from findings.actions import start_codebook
from findings.actions.base import BATCH, Changes, Refused, hold, record, revised
from findings.actions.fitting import check_targets
from findings.models import Code, Codebook, Coding, Import, QuoteNote, Step
from schools.models import Fact, Quote, School, SpeakerRole, Study, Topic
from schools.studies import MOST_QUOTES, MOST_SCHOOLS, signs
from schools.table_sizes import tell_of_large_tables

T = TypeVar("T")
PARTS = 20  # in which many rows are written: each is told
SMALLEST = 1_000  # rows of a part


def carry_out(*, plan: Plan, imported: Import) -> Import:
    """Make what a plan says, and write down what was made. Raises Refused where it may no longer go ahead."""
    for _ in carrying_out(plan=plan, imported=imported):
        pass
    return imported


def carrying_out(*, plan: Plan, imported: Import) -> Iterator[str]:
    """The same, saying how far it is. All of it is one transaction: who stops listening before the end gets nothing."""
    with transaction.atomic():
        waiting = Import.objects.select_for_update().defer("data").filter(pk=imported.pk, state=Import.State.PREVIEWED)
        if waiting.first() is None:  # pressed twice: the second waited here for the first
            raise Refused(f"“{imported.name}” was brought in already, or decided against.")
        writer = _Writer(plan, imported)
        yield from writer.write()
        imported.state, imported.decided_at, imported.data = Import.State.DONE, timezone.now(), None
        imported.made, imported.step = plan.new(), writer.step
        imported.study = writer.study if plan.aim.study is None else None
        imported.into, imported.brought = (plan.aim.study, writer.brought) if writer.brought else (None, [])
        imported.save()
        imported.codebooks.set(writer.codebooks)
    tell_of_large_tables()


class _Writer:
    """What is made, while it is made."""

    def __init__(self, plan: Plan, imported: Import) -> None:
        self.plan, self.imported, self.mine = plan, imported, plan.who.mine
        self.study = plan.aim.study or _make_study(plan, imported.user)
        self.schools: dict[UUID, School] = {}  # by the file's identities
        self.quotes: dict[int, list[Quote]] = {}
        self.codebooks: list[Codebook] = []
        self.step: Step | None = None
        self.brought: list[str] = []  # cases, quotes, findings that a study which is here gets

    def write(self) -> Iterator[str]:
        """All of it, saying how far it is."""
        used = {one.coding.coder for home in self.plan.homes for one in home.codings}
        used |= {note.coder for home in self.plan.homes for note, _ in home.notes}
        names = [self.plan.who.by_guid[guid] for guid in used]
        for coder in self.plan.who.made:
            if any(coder is one for one in names):
                coder.save()
        if self.plan.aim.adds_quotes:
            self._check_room()
        yield from self._make_schools()
        self._add_quotes()
        if self.plan.findings or self.plan.evidence:
            self._make_findings()
        for home in self.plan.homes:
            if home.codebook is None:
                yield from self._fill_new(home)
            else:
                yield from self._fill(home, home.codebook)

    def _make_findings(self) -> None:
        pairs = [(self.plan.texts[place].quotes, made) for place, made in self.quotes.items()]
        bearers: dict[UUID, Quote | School] = self.plan.bearers | self.schools
        bearers |= {one.guid: row for said, made in pairs for one, row in zip(said, made, strict=True)}
        if self.plan.aim.study is not None:
            check_takes_texts(Study.objects.select_for_update().get(pk=self.study.pk))
        made = make_findings(self.plan, self.study, bearers)
        if self.plan.aim.study is not None:
            self.brought += made

    # ── Texts ───────────────────────────────────────────────────────────────────────────────────
    def _check_room(self) -> None:
        """Lock a study that is here, and raise Refused where it takes nothing, or has no room."""
        held = Study.objects.select_for_update().get(pk=self.study.pk)
        check_takes_texts(held)
        if held.schools.count() + len(self.plan.texts) > MOST_SCHOOLS:
            raise Refused(f"A study has at most {MOST_SCHOOLS:,} cases.")
        if Quote.objects.filter(school__study=held).count() + self.plan.new().get("quotes", 0) > MOST_QUOTES:
            raise Refused(f"A study has at most {MOST_QUOTES:,} quotes.")

    def _add_quotes(self) -> None:
        """Quotes at the end of cases that are here."""
        topics: dict[str, Topic] = {one.name: one for one in self.study.topics.all()}
        there: dict[int, list[tuple[int, str]]] = defaultdict(list)
        quotes = Quote.objects.filter(school__in=[one.school for one in self.plan.additions])
        for school, position, locator in quotes.values_list("school", "position", "locator"):
            there[school].append((position, locator))
        for one in self.plan.additions:
            rows = there[one.school.pk]
            last, taken = max((position for position, _ in rows), default=0), {locator for _, locator in rows}
            text = NewText(one.source, one.quotes)
            made = self._make_quotes(one.school, text, topics, after=last, taken=taken)
            self.brought += [str(quote.guid) for quote in made]

    def _make_schools(self) -> Iterator[str]:
        study, last = self.study, self.study.schools.count()
        known = Facts(self.plan.held, study)
        there = set(study.schools.values_list("letter", flat=True))
        letters = (one for one in signs() if one not in there)
        topics: dict[str, Topic] = {one.name: one for one in study.topics.all()}
        step = _step(len(self.plan.texts), SMALLEST // 20)  # a text has many quotes
        for number, (place, text) in enumerate(self.plan.texts.items(), start=last + 1):
            source = text.source
            guid = free(School, self.plan.aim.identity(source.case_guid))
            school = School.objects.create(
                guid=guid,
                study=study,
                slug=f"case-{guid.hex}",
                letter=_letter(letters),
                name=source.name[:80],
                position=number,
                colour=(number - 1) % 8 + 1,
                summary=source.description,
                **({"known_for": ""} | known.columns(source.values)),
            )
            self.schools[source.case_guid] = school
            Fact.objects.bulk_create(known.of(school, source.values), batch_size=BATCH)
            self.quotes[place] = self._make_quotes(school, text, topics)
            if self.plan.aim.adds_quotes:
                self.brought += [str(guid), *(str(one.guid) for one in self.quotes[place])]
            if (number - last) % step == 0:
                yield f"Texts: {number - last:,} of {len(self.plan.texts):,}."

    def _make_quotes(
        self, school: School, text: NewText, topics: dict[str, Topic], *, after: int = 0, taken: Iterable[str] = ()
    ) -> list[Quote]:
        """The quotes of a text, after the last position and beside the locators that are taken."""
        lines = Lines(text.source.text)
        taken = set(taken)
        rows = []
        for position, one in enumerate(text.quotes, start=after + 1):
            name = one.topic or "Text"
            if name not in topics:
                topics[name] = _make_topic(school.study, name, len(topics))
            locator = one.locator or lines.locator(one.start, one.end)
            if locator in taken:
                locator = _beside(locator, taken)
            taken.add(locator)
            rows.append(
                Quote(
                    guid=self.plan.aim.identity(one.guid),
                    school=school,
                    topic=topics[name],
                    speaker_role=one.speaker_role if one.speaker_role in SpeakerRole.values else SpeakerRole.OTHER,
                    speaker=one.speaker[:80],
                    text=text.source.text[one.start : one.end],
                    locator=locator,
                    position=position,
                    is_fragment=one.is_fragment,
                    note=one.note[:300],
                )
            )
        return list(Quote.objects.bulk_create(rows, batch_size=BATCH))

    # ── A codebook of its own ───────────────────────────────────────────────────────────────────
    def _fill_new(self, home: Home) -> Iterator[str]:
        book = next(one for one in self.plan.held.codebooks if one.guid == home.guid)
        codebook = start_codebook(
            user=self.imported.user,
            study=self.study,
            name=home.name[:120] or "Codebook",
            description=book.description,
            source=book.source[:250],
            version=book.version[:20] or "1.0",
        )
        guid = free(Codebook, self.plan.aim.identity(home.guid))
        opened = timezone.now() if any(self.plan.who.by_guid[one] != self.mine for one in home.coders) else None
        codebook.guid, codebook.slug, codebook.opened_at, codebook.locator = guid, guid.hex, opened, book.locator[:80]
        codebook.save(update_fields=["guid", "slug", "opened_at", "locator"])
        self.codebooks.append(codebook)
        codes = self._codes(home, codebook)
        for depth in sorted({depth for depth, _ in codes}):
            # parents first: a row needs the key of the one above it
            Code.objects.bulk_create([_under(one) for at, one in codes if at == depth], batch_size=BATCH)
        for part, words in _told("Codings", home.codings):
            Coding.objects.bulk_create(self._codings(home, codebook, part), batch_size=BATCH)
            yield words
        for rows, words in _told("Notes", self._notes(home, codebook)):
            QuoteNote.objects.bulk_create(rows, batch_size=BATCH)
            yield words

    # ── A codebook that is here ─────────────────────────────────────────────────────────────────
    def _fill(self, home: Home, codebook: Codebook) -> Iterator[str]:
        if not (home.new_codes or home.codings or home.notes):
            return
        held = hold(codebook)
        changes = Changes()
        codes = self._codes(home, held)
        for depth in sorted({depth for depth, _ in codes}):
            changes.create_all([_under(one) for at, one in codes if at == depth], Code)
        codings, notes = self._codings(home, held, home.codings), self._notes(home, held)
        try:
            check_targets([*codings, *notes])
        except Refused as error:
            raise Refused("Something was deleted here meanwhile. Nothing is imported. Try again.") from error
        for part, words in _told("Codings", codings):
            changes.create_all(part, Coding)
            yield words
        for note in notes:
            changes.create(note)
        if codes:
            revised(held)
        count = f"{len(home.codings)} coding{'' if len(home.codings) == 1 else 's'}"
        words = f"{count} imported from “{self.imported.name}”"
        self.step = record(codebook=held, coder=self.mine, verb="import-file", words=words, changes=changes)

    def _codes(self, home: Home, codebook: Codebook) -> list[tuple[int, Code]]:
        """The codes to make, with how deep each stands below those that are here."""
        slugs = set(Code.objects.filter(codebook=codebook).values_list("slug", flat=True))
        names: Counter = Counter(
            (one.parent_id and one.parent.guid, one.name.casefold())
            for one in Code.objects.filter(codebook=codebook, retired_at=None).select_related("parent")
        )
        depths: dict[UUID, int] = {}
        made: list[tuple[int, Code]] = []
        taken = taken_of(Code, [self.plan.aim.identity(one.guid) for one in home.new_codes])
        for place, one in enumerate(home.new_codes, start=1):
            parent = home.codes.get(one.parent) if one.parent else None
            depths[one.guid] = depths[one.parent] + 1 if one.parent in depths else 0
            guid, name = self.plan.aim.identity(one.guid), tidy(one.name)
            key = (parent.guid if parent else None, name.casefold())
            names[key] += 1
            if names[key] > 1:
                name = f"{name[:110]} ({names[key]})"
            code = Code(
                guid=uuid5(codebook.guid, str(guid)) if guid in taken else guid,
                codebook=codebook,
                parent=parent,
                slug=_free_slug(name, slugs),
                name=name,
                definition=one.definition,
                include=one.include,
                exclude=one.exclude,
                memo=one.memo,
                locator=one.locator[:80],
                position=place,
                colour=one.hue or (parent.colour if parent else (place - 1) % 8 + 1),
            )
            home.codes[one.guid] = code
            made.append((depths[one.guid], code))
        return made

    def _codings(self, home: Home, codebook: Codebook, some: Sequence[NewCoding]) -> list[Coding]:
        guids = [self.plan.aim.identity(one.coding.guid) for one in some]
        taken, now = taken_of(Coding, guids), timezone.now()
        return [
            Coding(
                guid=uuid4() if guid in taken else guid,
                quote=self._quote(one),
                code=home.codes[one.coding.code],
                coder=self.plan.who.by_guid[one.coding.coder],
                start=one.start,
                end=one.end,
                memo=one.coding.memo,
                coded_at=one.coding.when or now,
                codebook_version=codebook.stamp[:40],
            )
            for one, guid in zip(some, guids, strict=True)
        ]

    def _quote(self, one: NewCoding) -> Quote:
        if one.quote is not None:
            return one.quote
        source, place = one.new or (0, 0)
        return self.quotes[source][place]

    def _notes(self, home: Home, codebook: Codebook) -> list[QuoteNote]:
        """One note for each quote and coder: what a coder noted at several places of a quote is one memo here."""
        made: dict[tuple[int, int], QuoteNote] = {}
        taken = taken_of(QuoteNote, [self.plan.aim.identity(one.guid) for one, _ in home.notes])
        for note, at in home.notes:
            quote = self._quote(at)
            coder = self.plan.who.by_guid[note.coder]
            there = made.get((quote.pk, coder.pk))
            if there is None:
                guid = self.plan.aim.identity(note.guid)
                there = made[quote.pk, coder.pk] = QuoteNote(
                    guid=uuid4() if guid in taken else guid, codebook=codebook, quote=quote, coder=coder
                )
            there.memo = "\n\n".join(one for one in (there.memo, note.memo) if one)
            there.is_key, there.done_at = there.is_key or note.is_key, there.done_at or note.done_at
        return list(made.values())


def _told(what: str, rows: list[T]) -> Iterator[tuple[list[T], str]]:
    """Many rows in parts, each with the words for how far one is when it is written."""
    step = _step(len(rows), SMALLEST)
    for place in range(0, len(rows), step):
        yield rows[place : place + step], f"{what}: {min(place + step, len(rows)):,} of {len(rows):,}."


def _step(count: int, smallest: int) -> int:
    """After how many of `count` rows one says how far one is."""
    return max(smallest, -(-count // PARTS))


def _under(code: Code) -> Code:
    """A code whose parent was saved since it was made."""
    code.parent_id = code.parent.pk if code.parent else None
    return code


def _make_study(plan: Plan, user: AbstractBaseUser) -> Study:
    held, about = plan.held, plan.held.about
    guid = free(Study, plan.aim.identity(held.guid))
    year, lines = about.get("year", ""), about.get("source_lines", "")
    longest = max([one.text.count("\n") + 1 for one in held.sources] or [0])
    texts = {name: about.get(name, "")[:200] for name in ("subtitle", "publisher", "series", "fieldwork")}
    return Study.objects.create(
        guid=guid,
        slug=f"study-{guid.hex}",
        is_editorial=False,
        made_by=user,
        title=(about.get("title") or held.name)[:200],
        author=about.get("author", "")[:200],
        published=about.get("published", "")[:40],
        year=int(year) if year.isdecimal() and int(year) < 10_000 else datetime.now().year,
        summary=about.get("summary", ""),
        method=about.get("method", ""),
        source_lines=int(lines) if lines.isdecimal() and int(lines) < 10**9 else longest,
        **texts,
    )


def _make_topic(study: Study, name: str, count: int) -> Topic:
    slug = f"{slugify(name)[:40] or 'topic'}-{count + 1}"
    return Topic.objects.create(study=study, slug=slug, name=name[:120], label=name[:40], position=count + 1)


def _letter(free: Iterator[str]) -> str:
    """The next sign of `free`, for a case."""
    letter = next(free, None)
    if letter is None:
        raise Refused("A study has at most 18,278 cases. Bring in fewer texts at a time.")
    return letter


def _beside(locator: str, taken: set[str]) -> str:
    """A second quote of one line: L3.2."""
    line = locator.partition("-")[0].partition(".")[0]
    return next(f"{line}.{n}" for n in range(2, len(taken) + 3) if f"{line}.{n}" not in taken)


def _free_slug(name: str, taken: set[str]) -> str:
    stem = slugify(name)[:40] or "code"
    slug = next(one for one in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if one not in taken)
    taken.add(slug)
    return slug
