"""`load_workgroup`: exact values, each file completely or not at all, and edits of staff kept."""

import csv
import io
import shutil
import tomllib
from decimal import Decimal

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from core.models import LoadedRecord
from core.operations import lock, save_changes
from members.models import Organization, Sector
from members.rules import Basis, OrganizationStatus
from objectives.models import DataPoint, Measure, Objective, Plan
from taskforces.models import Body, HistoryEvent, Workgroup

DATA = settings.BASE_DIR / "data"
KINDS = {
    "workgroup": "workgroup.toml",
    "organizations": "organizations.csv",
    "measures": "measures.csv",
    "history": "history.csv",
}


@pytest.fixture
def demo(settings):
    settings.DEMO = True


@pytest.fixture
def files(tmp_path):
    """Copies of the project's four files that a test can change."""
    for name in KINDS.values():
        shutil.copy(DATA / name, tmp_path / name)
    return tmp_path


def load(files=None, *kinds: str) -> str:
    """Return the output of the command for these files of a folder, or for the project's own files."""
    out = io.StringIO()
    options = {kind: str(files / KINDS[kind]) for kind in (kinds or KINDS)} if files else {}
    call_command("load_workgroup", stdout=out, stderr=out, **options)
    return out.getvalue()


def load_invalid(files, *kinds: str) -> str:
    """Return the output of the command when it fails."""
    out = io.StringIO()
    options = {kind: str(files / KINDS[kind]) for kind in kinds}
    with pytest.raises(CommandError):
        call_command("load_workgroup", stdout=out, stderr=out, **options)
    return out.getvalue()


def change(path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((DATA / name).read_text(encoding="utf-8"), newline="")))


def test_the_workgroup_is_loaded_with_its_exact_values(db):
    load()
    facts = tomllib.loads((DATA / "workgroup.toml").read_text(encoding="utf-8"))
    workgroup = Workgroup.objects.get()
    for name in ("name", "short_name", "convened_by", "program", "convened_in"):
        assert getattr(workgroup, name) == facts["workgroup"][name]
    assert workgroup.overview == facts["workgroup"]["overview"].strip()
    assert list(Objective.objects.values_list("number", "title")) == [
        (row["number"], row["title"]) for row in facts["objectives"]
    ]
    assert list(Body.objects.task_forces().values_list("name", "focus")) == [
        (row["name"], row["focus"]) for row in facts["task_forces"]
    ]
    assert list(Body.objects.values_list("slug", flat=True)) == [
        "workgroup",
        "communication",
        "data",
        "opioid-treatment",
        "maternal-neonatal",
    ]
    assert Plan.objects.get().is_current


def test_organizations_are_loaded_with_their_exact_values(db, demo):
    load()
    for row in rows("organizations.csv"):
        organization = Organization.objects.get(key=row["key"])
        values = (organization.name, organization.acronym, organization.jurisdiction, organization.website)
        assert values == (row["name"], row["acronym"], row["jurisdiction"], row["website"])
        assert (organization.work, organization.source, organization.basis) == (
            row["role"],
            row["source"],
            row["membership"],
        )
        assert organization.sector.name == row["sector"]
    assert Organization.objects.count() == 55


def test_the_basis_of_membership_decides_the_status(db, demo):
    load()
    named = Organization.objects.filter(basis=Basis.NAMED_MEMBER)
    assert set(named.values_list("status", "is_public", "status_since_on")) == {(OrganizationStatus.ACTIVE, True, None)}
    partners = Organization.objects.filter(basis=Basis.NAMED_PARTNER)
    assert set(partners.values_list("status", "is_public")) == {(OrganizationStatus.PROSPECTIVE, True)}
    assert [basis.count() for basis in (named, partners)] == [11, 4]
    assert Organization.objects.filter(basis=Basis.SAMPLE, status=OrganizationStatus.ACTIVE).count() == 40


def test_samples_are_loaded_only_on_a_demonstration(db):
    output = load()
    assert Organization.objects.count() == 15
    assert not Organization.objects.filter(basis=Basis.SAMPLE).exists()
    assert not Organization.objects.filter(basis=Basis.NAMED_PARTNER, is_public=True).exists()
    assert "40 sample organizations" in output


def test_a_partner_is_public_only_on_a_demonstration(db, settings):
    settings.DEMO = True
    load()
    settings.DEMO = False
    load()
    assert not Organization.objects.filter(basis=Basis.NAMED_PARTNER, is_public=True).exists()


def test_measures_and_history_are_loaded_with_exact_values(db):
    load()
    points = rows("measures.csv")
    assert DataPoint.objects.count() == len(points)
    assert Measure.objects.count() == len({row["series"] for row in points})
    for row in points:
        point = DataPoint.objects.get(
            measure__key=row["series"], starts_on=row["period_start"], ends_on=row["period_end"]
        )
        assert point.value == Decimal(row["value"])
        assert (point.period, point.qualifier, point.note, point.source, point.certainty) == (
            row["period"],
            row["qualifier"],
            row["note"],
            row["source"],
            row["certainty"],
        )
        assert (point.is_circa, point.break_before) == (row["circa"] == "yes", row["break_before"] == "yes")
        objective = point.measure.objective
        assert (str(objective.number) if objective else "") == row["objective"]
    for row in rows("history.csv"):
        event = HistoryEvent.objects.get(key=row["key"])
        assert (event.when, event.event, event.source) == (row["when"], row["event"], row["source"])
        assert (event.ends_on.isoformat() if event.ends_on else "") == row["ends_on"]
    assert HistoryEvent.objects.count() == 26


def test_loading_again_changes_nothing(db, demo):
    load()
    versions = list(Organization.objects.values_list("version", flat=True))
    histories = Organization.history.count()
    output = load()
    assert "55 unchanged" in output
    assert "added, 0 changed" in output
    assert "kept" not in output
    assert list(Organization.objects.values_list("version", flat=True)) == versions
    assert Organization.history.count() == histories


def test_the_history_of_a_loaded_row_has_no_actor(db):
    load()
    assert set(Organization.history.values_list("history_user", flat=True)) == {None}


def test_a_change_in_the_file_is_loaded(db, files):
    load(files)
    change(files / "organizations.csv", "Licenses dentists;", "Licenses all dentists;")
    change(files / "workgroup.toml", "Promote and support expansion of data sharing", "Promote data sharing")
    output = load(files)
    assert "organizations.csv: 0 added, 1 changed, 14 unchanged" in output
    assert Organization.objects.get(key="dbc").work.startswith("Licenses all dentists;")
    assert Objective.objects.get(number=4).title == "Promote data sharing"


def test_edits_of_staff_are_kept_and_printed(db, files):
    load(files)
    dbc = lock(Organization.objects.get(key="dbc"))
    save_changes(dbc, actor=None, acronym="DB", jurisdiction="All of California")
    change(files / "organizations.csv", "dbc,Dental Board of California,DBC", "dbc,California Dental Board,DBCA")
    output = load(files)
    dbc.refresh_from_db()
    assert (dbc.name, dbc.acronym, dbc.jurisdiction) == ("California Dental Board", "DB", "All of California")
    assert "kept the edit of staff: Dental Board of California: acronym = 'DB'" in output
    assert "jurisdiction = 'All of California'" in output


def test_a_row_of_staff_with_the_same_key_is_kept(db, files):
    sector = Sector.objects.create(slug="state-agency", name="state agency")
    Organization.objects.create(key="doj", name="Our own DOJ", sector=sector)
    output = load(files, "organizations")
    assert Organization.objects.get(key="doj").name == "Our own DOJ"
    assert "kept the edit of staff: Our own DOJ: name" in output


def test_a_merged_organization_is_skipped(db, files):
    load(files, "organizations")
    dwc, dca = Organization.objects.get(key="dwc"), Organization.objects.get(key="dca")
    save_changes(lock(dwc), actor=None, merged_into=dca)
    change(files / "organizations.csv", "Opioid treatment guidelines and drug", "New words and drug")
    assert "merged into another" in load(files, "organizations")
    assert Organization.objects.get(key="dwc").work.startswith("Opioid treatment")


def test_a_task_force_missing_from_the_file_is_kept(db, files):
    load(files)
    change(files / "workgroup.toml", 'name = "Data"', 'name = "Surveillance"')
    output = load(files)
    assert "kept, although it is not in the file any more: Data" in output
    assert Body.objects.filter(slug="data").exists()
    assert Body.objects.filter(slug="surveillance").exists()


def test_a_file_saved_by_excel_is_loaded(db, files):
    path = files / "organizations.csv"
    text = path.read_text(encoding="utf-8")
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    load(files, "organizations")
    assert Organization.objects.get(key="doj").acronym == "DOJ"


BROKEN = [
    ("organizations", "key,name,acronym", "id,name,acronym", "line 1, key: is missing from the header"),
    ("organizations", "key,name,acronym", "key,name,name", "line 1, acronym: is missing from the header"),
    ("organizations", "\ndoj,", "\ndhcs,", "line 4, key: 'dhcs' is already on line 3"),
    ("organizations", "\ndoj,", "\nD O J,", "line 4, key: Enter a valid"),
    ("organizations", "\ndoj,", "\n,", "line 4, key: This field cannot be blank"),
    ("organizations", "Licenses dentists; opioid", "x,y; opioid", "line 10, -: has 10 cells, but the header has 9"),
    ("organizations", "California Department of Justice", "J" * 201, "line 4, name: Ensure this value has at most 200"),
    ("organizations", "https://oag.ca.gov/cures", "javascript:alert(1)", "line 4, website: Enter a valid URL"),
    (
        "measures",
        "2013-01-01,2013-12-31,,exact,1934",
        "early 2013,2013-12-31,,exact,1934",
        "“early 2013” is not a valid date",
    ),
    (
        "measures",
        "2013-01-01,2013-12-31,,exact,1934",
        "2013-02-30,2013-12-31,,exact,1934",
        "“2013-02-30” is not a valid date",
    ),
    ("measures", "2013-01-01,2013-12-31,,exact,1934", "2013-01-01,2012-12-31,,exact,1934", "is before period_start"),
    ("measures", "2013-01-01,2013-12-31,,exact,1934", "2013-01-01,,,exact,1934", "line 2, period_end: is empty"),
    ("measures", "2013-01-01,2013-12-31,,exact,1934", "2013-01-01,2013-12-31,,exact,many", "line 2, value: "),
    ("measures", "2013-01-01,2013-12-31,,exact,1934", "2013-01-01,2013-12-31,,exact,NaN", "line 2, value: "),
    (
        "measures",
        "2013-01-01,2013-12-31,,exact,1934",
        "2013-01-01,2013-12-31,perhaps,exact,1934",
        "line 2, circa: “perhaps”",
    ),
    ("measures", "2013-01-01,2013-12-31,,exact,1934", "2013-01-01,2013-12-31,,roughly,1934", "line 2, qualifier: "),
    ("measures", "2017,2017-01-01,2017-12-31", "2013,2013-01-01,2013-12-31", "of this series as on line 2"),
    (
        "measures",
        "local-coalitions-funded-by-cdph,7",
        "local-coalitions-funded-by-cdph,8",
        "'8' is not the number of an",
    ),
    ("history", 'h05,"Jul 1, 2015",2015-07-01', 'h05,"Jul 1, 2015",', "line 6, starts_on: is empty"),
    ("history", 'h05,"Jul 1', 'h04,"Jul 1', "line 6, key: 'h04' is already on line 5"),
    ("workgroup", "number = 7", "number = 6", "objectives.number: 6 appears twice"),
    ("workgroup", "number = 7", 'number = "seven"', "line 36, objectives.number: 'seven' is not a whole number"),
    ("workgroup", "number = 7", "number = -7", "objectives.number: "),
    ("workgroup", 'name = "Data"', 'name = "Communication"', "the address 'communication' is used"),
    ("workgroup", 'name = "Data"', 'name = "Workgroup"', "the address 'workgroup' is used"),
    ("workgroup", 'name = "Data"', 'name = ""', "task_forces.name: This field cannot be blank"),
    ("workgroup", 'short_name = "SOS', "short_name = SOS", "is not valid TOML"),
    ("workgroup", "[[task_forces]]", "[[subgroups]]", "task_forces: is missing"),
    ("workgroup", "[workgroup]", "[group]", "workgroup: is missing"),
]


@pytest.mark.parametrize(("kind", "before", "after", "reason"), BROKEN)
def test_an_invalid_row_is_reported_with_line_and_reason(db, files, kind, before, after, reason):
    if kind != "workgroup":
        load(files, "workgroup")
    before_counts = [model.objects.count() for model in (Workgroup, Objective, Organization, Measure, HistoryEvent)]
    change(files / KINDS[kind], before, after)
    output = load_invalid(files, kind)
    assert reason in output
    assert f"{files / KINDS[kind]}, line " in output
    assert f"{KINDS[kind]}: nothing loaded" in output
    assert [
        model.objects.count() for model in (Workgroup, Objective, Organization, Measure, HistoryEvent)
    ] == before_counts
    assert not LoadedRecord.objects.filter(model="file", key=kind).exists()


def test_all_problems_of_a_file_are_reported(db, files):
    change(files / "organizations.csv", "\ndoj,", "\ndhcs,")
    change(files / "organizations.csv", ",named_partner,", ",friend,")
    output = load_invalid(files, "organizations")
    assert output.count("membership: 'friend' is not valid. Enter named_member, named_partner or sample.") == 4
    assert "is already on line 3" in output


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"key,name\n\xff\xfe", "line 2, -: is not UTF-8 text"),
        (b"key,name\n\x00", "line 2, -: contains a NUL character"),
        (b"", "line 1, -: is empty"),
        (b'key,"name\n', "line 1, -: Line 1 cannot be read"),
    ],
)
def test_a_file_that_is_not_csv_is_rejected(db, files, content, reason):
    (files / "organizations.csv").write_bytes(content)
    assert reason in load_invalid(files, "organizations")


def test_a_missing_file_is_reported(db, files):
    (files / "history.csv").unlink()
    assert "cannot be read: No such file or directory" in load_invalid(files, "history")


def test_an_invalid_file_does_not_affect_the_others(db, files):
    change(files / "history.csv", 'h05,"Jul 1', 'h04,"Jul 1')
    load_invalid(files, *KINDS)
    assert Organization.objects.count() == 15
    assert HistoryEvent.objects.count() == 0


def test_measures_and_history_need_a_workgroup(db, files):
    assert "needs a workgroup" in load_invalid(files, "history")
    assert "needs a workgroup" in load_invalid(files, "measures")


def test_the_own_files_do_not_overwrite_another_workgroup(db, files):
    change(files / "workgroup.toml", 'short_name = "SOS Workgroup"', 'short_name = "Other Workgroup"')
    load(files, "workgroup")
    assert "skipped, because the database was loaded from" in load()
    assert Workgroup.objects.get().short_name == "Other Workgroup"
