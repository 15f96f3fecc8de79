"""/study/<slug>/datapackage.zip: valid by the library of its format, whole, and true to its checksums."""

import csv
import hashlib
import io
import json
from pathlib import Path
from zipfile import ZipFile

import pytest
import yaml
from django.test import Client
from frictionless import Package

from exchange.datapackage import all_datasets, write_package
from exchange.material import Material
from findings import actions
from findings.models import Coding
from ictlead.study_loading import load_folder
from schools.models import Quote, Study
from selfreview.models import Question
from tests.bench import make_team
from tests.exchange.roads import body
from tests.exchange.test_refi_qda import HARD, hard_study
from tests.factories import loaded_study, make_study
from tests.incoming.test_imports import coded_team

pytestmark = pytest.mark.django_db

ROAD = "/study/gill-2007/datapackage.zip"


def unpacked(data: bytes) -> dict[str, bytes]:
    with ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def faults(data: bytes, folder: Path) -> list[str]:
    """What the library finds wrong with the package, its tables, keys, types and checksums."""
    with ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(folder)
    report = Package(str(folder / "datapackage.json")).validate()
    assert report.stats["tasks"] == len(all_datasets())
    return [str(row) for row in report.flatten(["title", "rowNumber", "fieldName", "message"])]


def written(study: Study) -> bytes:
    file = io.BytesIO()
    write_package(file, Material.published(study), "http://ict.example.org/")
    return file.getvalue()


def test_package_is_valid(client: Client, tmp_path: Path):
    assert faults(body(client, ROAD), tmp_path) == []


def test_package_of_nothing_is_valid(tmp_path: Path):
    assert faults(written(make_study()), tmp_path) == []


def test_package_of_hard_text_is_valid(tmp_path: Path):
    study = hard_study([HARD, "=1+1", "x" * 100_000, '"quoted", \t'])
    data = written(study)
    assert faults(data, tmp_path) == []
    rows = csv.DictReader(io.StringIO(unpacked(data)["data/quotes.csv"].decode(), newline=""))
    texts = [row["quote"] for row in rows]
    assert texts == [HARD, "'=1+1", "x" * 100_000, '"quoted", \t']


def test_a_broken_key_is_found(tmp_path: Path):
    """The library's check is one that can fail."""
    files = unpacked(written(loaded_study()))
    files["data/codings.csv"] = files["data/codings.csv"].replace(b",editors,", b",nobody,", 1)
    broken = io.BytesIO()
    with ZipFile(broken, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    found = "\n".join(faults(broken.getvalue(), tmp_path))
    assert "ForeignKey" in found
    assert "hash" in found.lower()


def test_package_holds_the_whole_study(client: Client):
    files = unpacked(body(client, ROAD))
    package = json.loads(files["datapackage.json"])
    counts = {one["name"]: files[one["path"]].decode() for one in package["resources"]}
    ours = {
        "quotes": Quote.objects.published().count(),
        "codings": Coding.objects.published().count(),
        "questions": Question.objects.filter(section__questionnaire__is_published=True).count(),
        "schools": 5,
        "facts": 140,
        "findings": 24,
        "glossary": 27,
    }
    for name, count in ours.items():
        assert len(list(csv.reader(io.StringIO(counts[name], newline="")))) == count + 1, name
    assert package["version"] in files["README.md"].decode()
    assert (package["id"], package["licenses"][0]["name"]) == (str(loaded_study().guid), "CC-BY-4.0")
    assert {one["role"] for one in package["contributors"]} == {"author", "wrangler"}


def test_package_sums_are_true(client: Client):
    files = unpacked(body(client, ROAD))
    sums = dict(line.split("  ")[::-1] for line in files.pop("sha256sums.txt").decode().splitlines())
    assert sums == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def test_package_describes_every_column(client: Client):
    files = unpacked(body(client, ROAD))
    words = files["data-dictionary.md"].decode()
    for one in json.loads(files["datapackage.json"])["resources"]:
        header = files[one["path"]].decode().split("\r\n")[0].split(",")
        assert header == [field["name"] for field in one["schema"]["fields"]]
        assert not [name for name in header if f"| `{name}` |" not in words]


def test_package_says_how_to_cite_it(client: Client):
    said = yaml.safe_load(unpacked(body(client, ROAD))["CITATION.cff"])
    assert (said["cff-version"], said["type"], said["url"]) == ("1.2.0", "dataset", "http://testserver/")
    assert said["references"][0]["authors"] == [{"family-names": "Gill", "given-names": "Ann"}]


def test_package_can_keep_formulas(client: Client):
    study = hard_study(["=1+1"])
    kept = unpacked(body(client, f"/study/{study.slug}/datapackage.zip", {"formulas": "keep"}))
    assert b",=1+1," in kept["data/quotes.csv"]
    assert b"would calculate text that begins" in kept["README.md"]
    assert client.get(ROAD, {"formulas": "drop"}).status_code == 400


def test_a_teams_package_is_valid_private_and_holds_what_its_member_may_see(tmp_path: Path):
    team = make_team()
    team.code("ann", memo="Ann’s reason.")
    team.code("ben", quote=1, memo="Ben’s reason.")
    data = body(team.client("ann"), f"{team.road}datapackage.zip")
    assert faults(data, tmp_path) == []
    files = unpacked(data)
    assert b"Ann\xe2\x80\x99s reason." in files["data/codings.csv"]
    assert not [name for name, text in files.items() if b"Ben\xe2\x80\x99s reason." in text or b'"Ben"' in text]
    package = json.loads(files["datapackage.json"])
    assert "licenses" not in package
    assert "This is private." in package["description"]
    assert b"This is private." in files["README.md"]
    assert "not published" in yaml.safe_load(files["CITATION.cff"])["message"]
    assert team.client("stranger").get(f"{team.road}datapackage.zip").status_code == 404
    narrowed = unpacked(body(team.client("ann"), f"{team.road}datapackage.zip?key=1"))
    assert b"Key quotes only." in narrowed["README.md"]
    assert b"reason" not in narrowed["data/codings.csv"].partition(b"\r\n")[2]


def test_a_private_study_comes_back_from_its_package(tmp_path: Path):
    team = coded_team()
    study, codebook, lead = team.codebook.study, team.codebook, team.users["lead"]
    Study.objects.filter(pk=study.pk).update(is_editorial=False, made_by=lead)
    before = list(Coding.objects.filter(code__codebook=codebook).order_by("guid").values_list("guid", "start", "end"))
    with ZipFile(io.BytesIO(body(team.client("lead"), f"{team.road}datapackage.zip?formulas=keep"))) as archive:
        archive.extractall(tmp_path)
    actions.delete_codebook(codebook)
    actions.erase_study(study=study)
    load_folder(tmp_path, owner=lead)
    again = Coding.objects.filter(code__codebook__guid=codebook.guid).order_by("guid")
    assert list(again.values_list("guid", "start", "end")) == before
    assert Study.objects.get(guid=study.guid).made_by == lead
