"""Load a study from a folder of CSV files: checked whole, written in one transaction, told what it did.

The folder is read by `exchange/study_folder.py`; its entries are written as those of the site's first study are, by
`ictlead/loading.py`. Here is what a folder needs besides: whose the study is, and that nothing of another is touched.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import F

from exchange.study_folder import Folder, FolderError, read_folder
from exchange.study_rows import Entry
from findings.actions import Refused, coder_of, open_codings, open_offer
from findings.actions.codebooks import AFTER_THE_EDITORS
from findings.actions.fitting import check_codes
from findings.models import Code, Codebook, CodebookMember, Coder, Coding, DeskRole
from ictlead.checking import FLOORS
from ictlead.loading import FAULTS, Loaded, load_entry, reason
from schools.actions import publish_change
from schools.models import Study

PATHS = {kind.model: kind.study for floor in FLOORS for kind in floor.KINDS}
ALONE = ("school", "finding", "codebook")  # kinds whose short names are the site's, not only the study's


class _Stop(Exception):
    """All was tried; nothing is to stay."""


@dataclass
class Brought:
    """What a folder brought, or would bring."""

    study: str
    made: int = 0
    unchanged: int = 0
    changed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    is_published: bool = False


def load_folder(
    path: Path, *, owner: AbstractBaseUser | None = None, overwrite: bool = False, only_check: bool = False
) -> Brought:
    """Load the study of a folder, all of it or, where FolderError is raised, nothing.

    It is `owner`'s own, or the site's own without one; either way nobody else sees it before it is published. What is
    the same already is left alone; so is what was edited or deleted here, unless `overwrite`. With `only_check`
    everything is tried and nothing is kept.
    """
    try:
        with transaction.atomic():
            maker = coder_of(user=owner) if owner is not None else None
            writer = _Writer(read_folder(path, maker=maker.slug if maker else ""), owner, maker, overwrite)
            writer.write()
            if writer.faults:
                raise FolderError(writer.faults)
            brought = writer.brought()
            if only_check:
                raise _Stop
    except _Stop:
        pass
    return brought


class _Writer:
    """A folder, while it is written."""

    def __init__(self, folder: Folder, owner: AbstractBaseUser | None, maker: Coder | None, overwrite: bool) -> None:
        self.folder, self.owner, self.maker, self.overwrite = folder, owner, maker, overwrite
        self.loaded = Loaded(is_new=True, alone=True, says_all=False)
        self.faults: list[str] = []
        self.changed: list[str] = []
        self.kept: list[str] = []
        self.made = 0
        self.study: Study | None = None
        self.frozen: dict[str, str] = {}  # codebooks that are published and a team's own, by short name
        self.codebooks: set[str] = set()
        self.new: list[Codebook] = []  # codebooks that were not here before

    def write(self) -> None:
        """All entries, in their order. Every fault of the file in which the first one is found is collected."""
        table = ""
        for entry in self.folder.entries:
            if self.faults and entry.table != table:
                return  # what refers to a faulty record would be told as another fault
            table = entry.table
            if not self._stays_out(entry):
                self._write(entry)
        if not self.faults:
            self._finish()

    def _write(self, entry: Entry) -> None:
        before = self.loaded.written
        told = len(self.loaded.changed), len(self.loaded.kept)
        try:
            with transaction.atomic():
                self._check_it_is_ours(entry)
                load_entry(self._as_fixture(entry), self.loaded, overwrite=self.overwrite)
        except (*FAULTS, Refused) as error:
            words = "it clashes with what is here" if isinstance(error, IntegrityError) else reason(error)
            self.faults.append(f"{entry.place}: {words}")
            return
        changed = self.loaded.changed[told[0] :]
        self.changed += [f"{entry.place}: {words}" for words in changed]
        self.kept += [f"{entry.place}: {words}" for words in self.loaded.kept[told[1] :]]
        self.made += self.loaded.written - before - len(changed)
        if entry.table == "codes" and self.loaded.written > before:
            self.codebooks.add(entry.fields["codebook"][0])
        if entry.table == "study":
            self.study = Study.objects.get(slug=self.folder.slug)
        elif entry.table == "codebooks":
            self._look_after(
                Codebook.objects.get(slug=entry.fields["slug"]), self.loaded.written - before > len(changed)
            )

    def _as_fixture(self, entry: Entry) -> dict[str, Any]:
        first = dict(entry.first)
        if entry.table == "study":
            first |= {"is_editorial": self.owner is None, "is_published": False}
            first["made_by"] = self.owner.pk if self.owner else None
        if entry.table == "codebooks" and self.owner is not None:
            first["position"] = AFTER_THE_EDITORS
        return {"model": entry.model._meta.label_lower, "fields": entry.fields, "first": first}

    # ── Whose it is ─────────────────────────────────────────────────────────────────────────────
    def _check_it_is_ours(self, entry: Entry) -> None:
        """Raise Refused where an identity or a short name is that of another study's record."""
        model, fields = entry.model, entry.fields
        if entry.table == "study":
            self._check_study(fields)
            return
        assert self.study is not None  # it comes first
        if entry.table == "coders":
            return
        manager: Any = model._default_manager
        ours = manager.filter(**{PATHS[model]: self.study.pk})
        guid = fields.get("guid")
        if guid is not None and manager.filter(guid=guid).exists() and not ours.filter(guid=guid).exists():
            raise Refused("its identity is that of a record of another study. Empty it, and it gets one of its own.")
        noun = model._meta.verbose_name
        same_name = manager.filter(slug=fields["slug"]) if noun in ALONE else manager.none()
        if same_name.exists() and not ours.filter(slug=fields["slug"]).exists():
            raise Refused(f"“{fields['slug']}” is the short name of a {noun} of another study. Choose another.")

    def _check_study(self, fields: dict[str, Any]) -> None:
        found = Study.objects.filter(slug=fields["slug"])
        if "guid" in fields:
            found = found | Study.objects.filter(guid=fields["guid"])
        there = list(found[:2])
        if len(there) > 1 or (there and there[0].slug != fields["slug"]):
            raise Refused("its identity is that of another study. Leave guid out, and it gets one of its own.")
        if not there:
            return
        if there[0].made_by_id != (self.owner.pk if self.owner else None):
            raise Refused("a study of this short name is here, and is another’s. Say --owner, or choose another name.")
        if there[0].is_published and self.owner is not None:
            raise Refused("it is published, and stays as it is.")
        if open_offer(there[0]) is not None:
            raise Refused("it is offered to the editors, and stays as it is until they decide.")

    def _stays_out(self, entry: Entry) -> bool:
        """Whether an entry is not to be written: a coder who is here, and what belongs to a published codebook."""
        if entry.table == "coders":
            return self._knows_coder(entry)
        fields = entry.fields
        if entry.table == "codebooks":
            return self._is_frozen(fields["slug"])
        book = {"codes": "codebook", "codings": "code", "uncoded": "codebook"}.get(entry.table)
        if book is None or fields[book][0] not in self.frozen:
            return False
        if entry.table == "codes":
            self.kept.append(f"{entry.place}: “{self.frozen[fields[book][0]]}” is published and stays as it is")
        return True

    def _is_frozen(self, slug: str) -> bool:
        """Whether a codebook of one's own is published: it is read-only then, whatever is to be overwritten."""
        there = Codebook.objects.filter(slug=slug, study=self.study, is_published=True).first()
        if self.owner is None or there is None:
            return False
        self.frozen[slug] = there.name
        return True

    def _knows_coder(self, entry: Entry) -> bool:
        there = Coder.objects.filter(slug=entry.fields["slug"]).first()
        if there is not None and there.is_person and there != self.maker:
            self.faults.append(f"{entry.place}: “{there.slug}” is somebody’s account here. Choose another short name.")
        return there is not None

    def _look_after(self, codebook: Codebook, is_new: bool) -> None:
        """A codebook of one's own has its maker for a lead, who sees all that came with it."""
        if self.owner is not None and is_new:
            self.new.append(codebook)
            CodebookMember.objects.get_or_create(codebook=codebook, user=self.owner, defaults={"role": DeskRole.LEAD})

    # ── Whether it fits together ────────────────────────────────────────────────────────────────
    def _finish(self) -> None:
        assert self.study is not None  # nothing was at fault
        for slug in self.codebooks:
            codebook = Codebook.objects.get(slug=slug)
            try:
                check_codes(list(Code.objects.filter(codebook=codebook)))
            except Refused as error:
                self.faults.append(f"data/codes.csv: “{codebook}”: {error}")
            Codebook.objects.filter(pk=codebook.pk).update(revision=F("revision") + 1)
        if self.owner is not None:
            self._open_what_others_coded()
        if self.study.is_published and self.loaded.written:
            publish_change()

    def _open_what_others_coded(self) -> None:
        """Codings of others than the maker stand in the folder for its owner to read: its new codebooks are open."""
        assert self.maker is not None  # as there is an owner
        for codebook in self.new:
            if Coding.objects.filter(code__codebook=codebook).exclude(coder=self.maker).exists():
                open_codings(codebook=codebook, coder=self.maker)

    def brought(self) -> Brought:
        """What it came to."""
        assert self.study is not None  # nothing was at fault
        return Brought(
            f"“{self.study.title}” ({self.study.slug})",
            self.made,
            self.loaded.unchanged,
            self.changed,
            self.kept,
            self.folder.notes,
            self.study.is_published,
        )
