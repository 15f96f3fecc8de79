"""Load the study from its fixtures: write what differs, and leave alone what people changed on this site.

Loading writes no history and editing does, so a record with history is one that somebody here edited or deleted.
Records are found again by GUID, then by natural key. What a release no longer ships stays where it is.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core import serializers
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.serializers.base import DeserializationError
from django.db import DatabaseError, models, transaction
from django.db.models import Q
from django.utils.text import Truncator

from schools.actions import data_version, publish_change, remember_loaded
from selfreview.versions import keeps_its_words, may_be_added

# A record comes after all that it refers to.
FIXTURES = (
    "study",
    "topics",
    "indicators",
    "schools",
    "sections",
    "facts",
    "quotes",
    "advice",
    "references",
    "glossary",
    "coders",
    "codebooks",
    "codes",
    "codings",
    "uncoded",
    "themes",
    "findings",
    "evidence",
    "case_evidence",
    "questionnaires",
    "question_sections",
    "questions",
    "question_codes",
    "question_findings",
)
QUESTIONNAIRE_MODELS = {
    f"selfreview.{name}" for name in ("questionnaire", "section", "question", "questioncode", "questionfinding")
}
# Keys that a fixture carries for its reader and no model has: the words that a coding's start and end cut out.
FOR_READERS = {"passage"}
SHOWN = 60  # characters of a value, where it is told what changed
# The reason in the history of a record that --overwrite put back: from then on it counts as unedited.
OVERWRITTEN = "The study was loaded over this edit"

# All that a wrong entry can raise on its way into the database.
FAULTS = (
    AttributeError,
    DatabaseError,
    DeserializationError,
    FieldDoesNotExist,
    LookupError,
    TypeError,
    ValidationError,
    ValueError,
)

Key = tuple[type[models.Model], tuple[str, ...]]


class LoadingError(Exception):
    """A fixture cannot be loaded; the message names the file and the entry."""


@dataclass
class Loaded:
    """What a loading did. `kept` names each record that was edited or deleted here, and so left as it is."""

    is_new: bool
    version: int = 0
    written: int = 0
    unchanged: int = 0
    kept: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)  # questions that keep the words that were answered
    # Each record's primary key by its key in the fixtures; None where it was deleted on this site.
    known: dict[Key, Any] = field(default_factory=dict)
    alone: bool = False  # a file that stands alone refers to what the site holds already
    says_all: bool = True  # an entry names every field; else what it does not name stays as it is here
    changed: list[str] = field(default_factory=list)  # records that were here, with what is different now


def fixtures_digest(folder: Path) -> str:
    """SHA-256 over the fixture files in their order. Raises LoadingError where one is missing."""
    digest = hashlib.sha256()
    for name in FIXTURES:
        digest.update(name.encode() + b"\0" + _read(folder / f"{name}.json") + b"\0")
    return digest.hexdigest()


def load_study(folder: Path, *, overwrite: bool = False) -> Loaded:
    """Bring the site's study up to the fixtures in `folder`, all of it or, where LoadingError is raised, nothing.

    Files that were loaded before are not read again. `overwrite` also writes over what people changed here.
    """
    digest = fixtures_digest(folder)
    version = data_version()
    if version.loaded_digest == digest and not overwrite:
        return Loaded(is_new=False, version=version.number)
    loaded = Loaded(is_new=True)
    with transaction.atomic():
        for name, number, entry in _entries(folder):
            try:
                load_entry(entry, loaded, overwrite=overwrite)
            except FAULTS as error:
                raise LoadingError(f"{name}.json, {_title(number, entry)}: {reason(error)}") from error
        if loaded.written:
            publish_change(loaded_digest=digest)
        else:
            remember_loaded(digest=digest)
    loaded.version = data_version().number
    return loaded


def load_questionnaire(path: Path) -> Loaded:
    """Load one questionnaire from a file of its own, all of it or, where LoadingError is raised, nothing.

    The file is a fixture with natural keys: a questionnaire, its sections, its questions and their links, each after
    what it refers to. The study, the codes and the findings that it names must be here already.
    """
    loaded = Loaded(is_new=True, alone=True)
    with transaction.atomic():
        for number, entry in enumerate(_list(path), start=1):
            try:
                if str(entry["model"]) not in QUESTIONNAIRE_MODELS:
                    raise ValueError(f"{entry['model']} is no part of a questionnaire")
                load_entry(entry, loaded, overwrite=False)
            except FAULTS as error:
                raise LoadingError(f"{path.name}, {_title(number, entry)}: {reason(error)}") from error
        if loaded.written:
            publish_change()
    loaded.version = data_version().number
    return loaded


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise LoadingError(f"{path.name} cannot be read: {error.strerror}") from error


def _entries(folder: Path) -> Iterator[tuple[str, int, Any]]:
    """File name, number from 1 and content of every entry, in the order of loading."""
    for name in FIXTURES:
        for number, entry in enumerate(_list(folder / f"{name}.json"), start=1):
            yield name, number, entry


def _list(path: Path) -> list[Any]:
    try:
        entries = json.loads(_read(path))
    except (ValueError, RecursionError) as error:
        raise LoadingError(f"{path.name} is not JSON: {error}") from error
    if not isinstance(entries, list):
        raise LoadingError(f"{path.name} is not a list of entries")
    return entries


def _title(number: int, entry: Any) -> str:
    fields = entry.get("fields") if isinstance(entry, dict) else None
    fields = fields if isinstance(fields, dict) else {}
    sign = next((fields[name] for name in ("slug", "locator", "abbreviation", "guid") if name in fields), "")
    return f"entry {number} ({sign})" if sign else f"entry {number}"


def reason(error: Exception) -> str:
    """What a fault says, in words."""
    if isinstance(error, ValidationError) and hasattr(error, "error_dict"):
        return "; ".join(f"{name}: {' '.join(messages)}" for name, messages in error.message_dict.items())
    if isinstance(error, KeyError):
        return f"{error.args[0]} is missing"
    return str(error)


def load_entry(entry: dict, loaded: Loaded, *, overwrite: bool) -> None:
    """Write the record of an entry where it differs from what is here. `first`: values that only a new one gets.

    Raises one of FAULTS where that cannot be.
    """
    model = apps.get_model(entry["model"])
    values = {name: value for name, value in entry["fields"].items() if name not in FOR_READERS}
    natural = _natural_fields(model)
    key = (model, _parts([values[name] for name in natural]))
    missing = _resolve(model, values, loaded)
    if missing:
        loaded.known[key] = None
        loaded.kept.append(f"{_label(key)} is left out, because its {missing} was deleted here")
        return

    identity = Q(**{name: values[name] for name in natural})
    existing = _find(model, identity, values.get("guid"))
    if existing is None:
        values = entry.get("first", {}) | values
    [deserialized] = serializers.deserialize(
        "python", [{"model": entry["model"], "pk": existing and existing.pk, "fields": values}]
    )
    record = deserialized.object
    _complete(record, existing, values, loaded)

    if existing is not None and _same(existing, record):
        loaded.unchanged += 1
    elif not may_be_added(record) if existing is None else keeps_its_words(existing, record):
        loaded.answered.append(
            f"{_label(key)} has been answered and stays as it is: another wording needs a new version"
        )
        record = existing
    elif not _changed_here(model, identity, existing, values.get("guid")):
        deserialized.save()
        loaded.written += 1
        _tell(existing, record, loaded)
    elif overwrite:
        record._change_reason = OVERWRITTEN
        record.save()  # not raw: the end of somebody's edit belongs into the history
        loaded.written += 1
        _tell(existing, record, loaded)
    else:
        fate = "deleted here and stays away" if existing is None else "edited here and stays as it is"
        loaded.kept.append(f"{_label(key)} was {fate}")
        record = existing
    loaded.known[key] = record and record.pk


def _complete(record: models.Model, existing: models.Model | None, values: dict, loaded: Loaded) -> None:
    """Give a record what its entry does not say of it, and check what it says."""
    if existing is not None and hasattr(existing, "guid"):
        record.guid = existing.guid
    if loaded.says_all:
        record.clean_fields(exclude=[each.name for each in record._meta.fields if each.is_relation])
    elif existing is not None:
        for each in record._meta.concrete_fields:
            if each.name not in values:
                setattr(record, each.attname, getattr(existing, each.attname))


def _tell(existing: models.Model | None, record: models.Model, loaded: Loaded) -> None:
    """Note what is different now in a record that was here."""
    if existing is None:
        return
    differing = [
        f"{each.name} “{_short(getattr(existing, each.attname))}” is now “{_short(getattr(record, each.attname))}”"
        for each in existing._meta.concrete_fields
        if getattr(existing, each.attname) != getattr(record, each.attname)
    ]
    loaded.changed.append("; ".join(differing))


def _short(value: Any) -> str:
    return Truncator(str("" if value is None else value)).chars(SHOWN)


def _natural_fields(model: type[models.Model]) -> list[str]:
    """The model's own fields that its natural key is made of."""
    return list(dict.fromkeys(lookup.split("__")[0] for lookup in model._default_manager.lookups))


def _parts(values: list) -> tuple[str, ...]:
    """A natural key as fixtures write it, flat: a reference brings the parts of its target's key."""
    parts: list[str] = []
    for value in values:
        parts += map(str, value) if isinstance(value, list) else [str(value)]
    return tuple(parts)


def _resolve(model: type[models.Model], values: dict, loaded: Loaded) -> str:
    """Put primary keys in the place of references. Returns the name of the field whose target was deleted here, if any.

    A reference that may be empty becomes empty instead.
    """
    known = loaded.known
    for name, value in values.items():
        target = model._meta.get_field(name)
        if not target.is_relation or value is None:
            continue
        key = (target.related_model, _parts(value))
        if key not in known and not (loaded.alone and _is_here(key, known)):
            raise ValueError(
                f"{name} refers to {value}, which {'is not here' if loaded.alone else 'no earlier entry is'}"
            )
        values[name] = known[key]
        if known[key] is None and not target.null:
            return name
    return ""


def _is_here(key: Key, known: dict[Key, Any]) -> bool:
    """Whether the site holds the record of this key; if so it is known from now on."""
    model, parts = key
    try:
        known[key] = model._default_manager.get_by_natural_key(*parts).pk
    except model.DoesNotExist:
        return False
    return True


def _find(model: type[models.Model], identity: Q, guid: str | None) -> models.Model | None:
    manager = model._default_manager
    return (guid and manager.filter(guid=guid).first()) or manager.filter(identity).first()


def _changed_here(model: type[models.Model], identity: Q, existing: models.Model | None, guid: str | None) -> bool:
    """Whether somebody edited or deleted this record on this site, and no loading has overwritten that since."""
    if not hasattr(model, "history"):
        return False
    if existing is not None:
        records = model.history.filter(id=existing.pk)
    else:
        records = model.history.filter((identity | Q(guid=guid)) if guid else identity)
    last = records.first()
    return last is not None and last.history_change_reason != OVERWRITTEN


def _same(existing: models.Model, record: models.Model) -> bool:
    return all(
        getattr(existing, each.attname) == getattr(record, each.attname) for each in existing._meta.concrete_fields
    )


def _label(key: Key) -> str:
    model, parts = key
    return f"{model._meta.verbose_name} {' '.join(parts)}"
