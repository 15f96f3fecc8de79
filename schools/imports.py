"""Quotes and facts from a CSV file: which columns, how a row finds its record, and what is wrong with it.

A file that was downloaded from the site and edited in a spreadsheet can come back: its columns have the same names,
apostrophes that guard formulas are taken away, and columns that nothing is made of are left alone.
"""

from decimal import Decimal, InvalidOperation
from typing import Any

from diff_match_patch import diff_match_patch
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from import_export.fields import Field
from import_export.resources import Diff, ModelResource
from import_export.results import RowResult
from import_export.widgets import ForeignKeyWidget, Widget

from schools.actions import publish_change
from schools.formulas import unguarded
from schools.history import keep_state_before
from schools.models import Fact, Indicator, Quote, School, Topic

_TAGS = {-1: "del", 0: "span", 1: "ins"}


class OfStudy(ForeignKeyWidget):
    """A record of the row's study, by its short name."""

    def clean(self, value: Any, row: Any = None, **options: Any) -> models.Model:
        """The record. Raises ValueError, which names what there is not."""
        found = self.model.objects.filter(study__is_editorial=True, study__slug=row["study"], slug=value).first()
        if found is None:
            noun = self.model._meta.verbose_name
            raise ValueError(f"There is no {noun} “{value}” in a study “{row['study']}”.")
        return found


class Number(Widget):
    """A number, or nothing."""

    def clean(self, value: Any, row: Any = None, **options: Any) -> Decimal | None:
        """The number. Raises ValueError where it is none."""
        try:
            number = Decimal(value) if value else None
        except InvalidOperation:
            number = Decimal("nan")
        if number is not None and not number.is_finite():
            raise ValueError(f"“{value}” is not a number.")
        return number

    def render(self, value: Any, obj: Any = None, **options: Any) -> str:
        """The number without needless zeros."""
        return "" if value is None else f"{value.normalize():f}"


class WholeNumber(Widget):
    """A whole number, or nothing."""

    def clean(self, value: Any, row: Any = None, **options: Any) -> int | None:
        """The number. Raises ValueError where it is none."""
        if value and not value.isdecimal():
            raise ValueError(f"“{value}” is not a whole number.")
        return int(value) if value else None


class YesNo(Widget):
    """1 or 0; empty is 0."""

    def clean(self, value: Any, row: Any = None, **options: Any) -> bool:
        """Whether it is so. Raises ValueError for any other word."""
        if value not in {"", "0", "1"}:
            raise ValueError(f"“{value}” is neither 1 nor 0.")
        return value == "1"

    def render(self, value: Any, obj: Any = None, **options: Any) -> str:
        """1 or 0."""
        return "1" if value else "0"


class MarkedDiff(Diff):
    """What an import changes, cell by cell, marked by <del> and <ins> alone: inline styles break the site's policy."""

    def as_html(self) -> list[SafeString]:
        """A cell for each column of the preview."""
        before = [""] * len(self.left) if self.new else self.left
        return [_marked(str(old or ""), str(new or "")) for old, new in zip(before, self.right, strict=True)]


def in_a_spreadsheet(row_number: int) -> int:
    """The number that a spreadsheet gives a row of data, counted from 1: the first line names the columns."""
    return row_number + 1


def _marked(old: str, new: str) -> SafeString:
    differ = diff_match_patch()
    differ.Diff_Timeout = 0.02  # seconds a cell: a rougher mark is better than a database locked by a preview
    pieces = differ.diff_main(old, new)
    differ.diff_cleanupSemantic(pieces)
    return format_html_join("", "<{0}>{1}</{0}>", ((_TAGS[change], text) for change, text in pieces))


class StudyResource(ModelResource):
    """Rows that belong to a school of a study. A row finds its record by its natural key, never by a number of ours."""

    study = Field(attribute="school__study__slug", column_name="study", readonly=True)
    school = Field(attribute="school", column_name="school", widget=OfStudy(School, "slug"))

    class Meta:
        abstract = True
        skip_unchanged = True
        report_skipped = True
        clean_model_instances = True

    @classmethod
    def get_diff_class(cls) -> type[Diff]:
        """What the preview shows."""
        return MarkedDiff

    def needed_columns(self) -> list[str]:
        """Columns without which no row finds its record."""
        return ["study", *(self.fields[name].column_name for name in self._meta.import_id_fields)]

    def before_import(self, dataset: Any, **options: Any) -> None:
        """Refuse a file without the columns of the key: one line says it, instead of every row."""
        missing = [column for column in self.needed_columns() if column not in dataset.headers]
        if missing:
            raise ValidationError(f"The file has no column {', '.join(missing)}. Its first line names the columns.")
        self.rows_by_key: dict[tuple[str, ...], int] = {}

    def before_import_row(self, row: Any, row_number: int = 0, **options: Any) -> None:
        """Cells as they were before they were guarded for a spreadsheet, without blanks around them.

        Raises ValidationError for a second row about the same record: the later one would win without a word.
        """
        for column, cell in row.items():
            row[column] = unguarded(cell or "").replace("\r\n", "\n").strip()
        key = tuple(row.get(column, "") for column in self.needed_columns())
        first = self.rows_by_key.setdefault(key, row_number)
        if first != row_number:
            raise ValidationError(
                f"Row {in_a_spreadsheet(first)} is about the same {self._meta.model._meta.verbose_name}."
            )

    def get_instance(self, instance_loader: Any, row: Any) -> models.Model | None:
        """The record that the row is about. None, too, where its key is wrong: the checks of its columns say so."""
        try:
            return super().get_instance(instance_loader, row)
        except (KeyError, ValueError):
            return None

    def validate_instance(
        self, instance: models.Model, import_validation_errors: Any = None, validate_unique: bool = True
    ) -> None:
        """All that is wrong with a row at once, by column: its cells, the model's rules, and those of `faults`."""
        errors = dict(import_validation_errors or {})
        for name, message in self.faults(instance).items():
            errors.setdefault(name, ValidationError(message))
        try:
            super().validate_instance(instance, errors, validate_unique)
        except ValidationError as fault:
            columns = {name: field.column_name for name, field in self.fields.items()}
            raise ValidationError(
                {columns.get(name, name): found for name, found in fault.error_dict.items()}
            ) from None

    def faults(self, instance: Any) -> dict[str, str]:
        """What is wrong beyond the model's own rules, by column."""
        return {}

    def before_save_instance(self, instance: Any, row: Any, **options: Any) -> None:
        """The history keeps what the record was, and says which file changed it."""
        keep_state_before(instance)
        instance._change_reason = f"Imported from {options.get('file_name') or 'a file'}"[:100]

    def after_import(self, dataset: Any, result: Any, **options: Any) -> None:
        """A file is one edit, so one data version; in the preview it is taken back with all the rest."""
        if result.totals[RowResult.IMPORT_TYPE_NEW] or result.totals[RowResult.IMPORT_TYPE_UPDATE]:
            publish_change()


class QuoteResource(StudyResource):
    """Quotes: columns as in /quotes.csv, and those that only editors see."""

    topic = Field(attribute="topic", column_name="topic", widget=OfStudy(Topic, "slug"))
    text = Field(attribute="text", column_name="quote")
    position = Field(attribute="position", column_name="position", widget=WholeNumber())
    is_fragment = Field(attribute="is_fragment", column_name="is_fragment", widget=YesNo())

    class Meta(StudyResource.Meta):
        model = Quote
        import_id_fields = ("school", "locator")
        fields = import_order = (
            "study",
            "school",
            "locator",
            "topic",
            "speaker_role",
            "speaker",
            "text",
            "position",
            "is_fragment",
            "note",
        )


class FactResource(StudyResource):
    """Facts, by school and indicator. An empty value is "not stated"."""

    indicator = Field(attribute="indicator", column_name="indicator", widget=OfStudy(Indicator, "slug"))
    number = Field(attribute="number", column_name="number", widget=Number())

    class Meta(StudyResource.Meta):
        model = Fact
        import_id_fields = ("school", "indicator")
        fields = import_order = ("study", "school", "indicator", "value", "number", "locator", "note")

    def faults(self, instance: Fact) -> dict[str, str]:
        """A fact that is half stated."""
        return fact_faults(instance.value, instance.number, instance.locator, instance.note)


def fact_faults(value: str, number: Decimal | None, locator: str, note: str) -> dict[str, str]:
    """What is wrong with a fact as a whole, by field: what is stated has a place, or a note that says why it has none;
    what is not stated has nothing."""
    if value and not locator and not note:
        return {"locator": "Say where the source states it, or note why no line is named."}
    if not value and (locator or number is not None):
        return {"value": "Without a value the fact is “not stated”: empty the locator and the number too."}
    return {}
