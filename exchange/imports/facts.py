"""What is known of imported cases: columns of a school, and facts with what they answer."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.text import slugify

from exchange.incoming.records import Incoming
from schools.models import Fact, Indicator, Phase, School, Setting, Study

COLUMNS = {  # a school's own columns, as this site's files name them
    "School: phase": "phase",
    "School: setting": "setting",
    "School: pupils": "pupils",
    "School: free school meals (%)": "fsm_percent",
    "School: place": "place",
    "School: known for": "known_for",
}
CHOICES = {"phase": set(Phase.values), "setting": set(Setting.values)}
NO_PLACE = "A value of the case in the imported file, which names no line."


class Facts:
    """Values of cases as facts; what they answer is made as it is first needed."""

    def __init__(self, held: Incoming, study: Study) -> None:
        self.study, self.is_ours = study, held.is_ours
        self.variables = {one.name: one for one in held.variables}
        self.units = {one.number_of: one.unit for one in held.variables if one.number_of}
        self.made: dict[str, Indicator] = {one.label: one for one in study.indicators.all()}

    def columns(self, values: dict[str, str]) -> dict[str, Any]:
        """Those values of a case that are columns of a school."""
        named = {COLUMNS[name]: said for name, said in values.items() if self.is_ours and name in COLUMNS}
        return {name: said for name, said in named.items() if name not in CHOICES or said in CHOICES[name]}

    def of(self, school: School, values: dict[str, str]) -> list[Fact]:
        """The others, as facts of the school. A number that this site's own file has beside a text goes with it."""
        beside = {self.variables[name].number_of: said for name, said in values.items() if name in self.variables}
        facts = {}
        for name, said in values.items():
            if (self.is_ours and name in COLUMNS) or (name in self.variables and self.variables[name].number_of):
                continue
            number = number_of(beside.get(name, "")) if self.is_ours else number_of(said)
            facts[name[:80]] = Fact(
                school=school,
                indicator=self._indicator(name),
                value=said[:500],
                number=number,
                note=NO_PLACE,
            )
        return list(facts.values())

    def _indicator(self, name: str) -> Indicator:
        label = name[:80] or "Value"
        if label not in self.made:
            number, variable = len(self.made) + 1, self.variables[name]
            self.made[label] = Indicator.objects.create(
                study=self.study,
                slug=f"{slugify(label)[:40] or 'value'}-{number}",
                label=label,
                group=Indicator.Group.SCHOOL,
                position=number,
                unit=self.units.get(name, "")[:20],
                explanation=variable.explanation[:250],
            )
        return self.made[label]


def number_of(said: str) -> Decimal | None:
    """A value as a number, where it is one that a fact can hold to the last digit."""
    try:
        number = Decimal(said)
    except InvalidOperation:
        return None
    fits = number.is_finite() and abs(number) < 10**8 and number == round(number, 2)
    return number if fits else None
