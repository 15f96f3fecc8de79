"""Taguette projects and tables, read."""

import io
from pathlib import Path
from uuid import UUID

import pytest

from exchange.incoming.recognise import read
from exchange.incoming.records import Incoming, Limits, Unreadable
from tests.incoming.taguette_files import byte, taguette


def passages(held: Incoming) -> list[tuple[str, str]]:
    names = {one.guid: one.name for one in held.codes}
    return [(names[one.code], held.sources[one.source].text[one.start : one.end]) for one in held.codings]


def test_highlights_count_bytes_and_no_tags(tmp_path: Path) -> None:
    data = taguette(
        tmp_path,
        [
            (byte("trust"), byte("trust", end=True), "care.trust"),
            (byte("é"), byte("👩‍🏫", end=True), "signs"),
            (byte("time."), byte("time.", end=True), "time"),
            (byte("Two"), byte("Two", end=True), "time"),
            (byte("One"), byte("Two", end=True), "time"),
        ],
    )
    held = read(io.BytesIO(data), Limits())
    assert held.sources[0].text == "We trust them é 👩‍🏫.\n\nIt took time.\nOne\nTwo\n"
    assert passages(held) == [
        ("care.trust", "trust"),
        ("signs", "é 👩‍🏫"),
        ("time", "time."),
        ("time", "One\nTwo"),
        ("time", "Two"),
    ]
    assert [one.name for one in held.coders] == ["admin"]
    assert held.codings[0].when is not None


def test_the_same_project_has_the_same_identities_whatever_its_numbers(tmp_path: Path) -> None:
    first = (byte("trust"), byte("trust", end=True), "trust")
    second = (byte("time"), byte("time", end=True), "time")
    one = read(io.BytesIO(taguette(tmp_path, [first, second])), Limits())
    other = read(io.BytesIO(taguette(tmp_path, [second, first])), Limits())
    assert {coding.guid for coding in one.codings} == {coding.guid for coding in other.codings}
    assert (one.guid, one.sources[0].guid) == (other.guid, other.sources[0].guid)


def test_a_highlight_without_a_tag_is_counted(tmp_path: Path) -> None:
    held = read(io.BytesIO(taguette(tmp_path, [(0, 2, "")])), Limits())
    assert held.codings == []
    assert sum(held.losses.values()) == 1


def test_a_highlight_beyond_the_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="table “highlights”, id 1: It goes from byte 0 to 9999"):
        read(io.BytesIO(taguette(tmp_path, [(0, 9999, "t")])), Limits())


def test_a_table_of_highlights() -> None:
    rows = "id,document,tag,content\n1,A,trust,We trust\n2,A,time,It took\n2,A,trust,It took\n3,B,,Nothing\n"
    held = read(io.BytesIO(rows.encode()), Limits())
    assert passages(held) == [("trust", "We trust"), ("time", "It took"), ("trust", "It took")]
    assert [one.text for one in held.sources] == ["We trust\n\nIt took\n\n", "Nothing\n\n"]


def test_a_table_of_codes() -> None:
    rows = "Code,Category,Memo\nTrust,Values,What it is\nTime > Late,,\n"
    held = read(io.BytesIO(rows.encode()), Limits())
    names: dict[UUID | None, str] = {one.guid: one.name for one in held.codes}
    assert [(one.name, names.get(one.parent), one.definition) for one in held.codes] == [
        ("Values", None, ""),
        ("Trust", "Values", "What it is"),
        ("Time", None, ""),
        ("Late", "Time", ""),
    ]
