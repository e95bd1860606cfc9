"""What a release carries for others: JSON-stat and CSV of an indicator, the catalogue, the light copy, the word to programs.

Here: files read back by libraries of their own. Not here: the figures' own rules (dbt tests), the assistant.
"""

import csv
import io
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyjstat.pyjstat
import pyshacl
import pytest
from rdflib import Graph, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCAT, DCTERMS, FOAF

from tests.support.pipeline import PROJECT, Installation
from warehouse.errors import WarehouseError
from warehouse.interface.dictionary import page_text
from warehouse.opendata.catalogue import JSON_LD, TURTLE, catalogue
from warehouse.opendata.cube import Axis, Credit, Cube, Point
from warehouse.opendata.export import export_indicator
from warehouse.opendata.jsonstat import json_stat
from warehouse.opendata.light import BREAKDOWNS
from warehouse.places import UnknownPlace

BASE = "https://data.example.no/integrering/"
SHAPES = Path(__file__).with_name("dcat_ap_no.ttl")


def a_cube(*points: Point) -> Cube:
    axes = (
        Axis("region", "Område", {"00": "Hele landet", "3909": "Larvik"}),
        Axis("year", "År", {"2022": "2022", "2023": "2023"}),
        Axis("sex", "Kjønn", {"all": "Begge kjønn", "female": "Kvinner"}),
    )
    credit = Credit("d", "Et datasett", "Kilde: IMDi", "CC BY 4.0", "https://www.imdi.no/", None)
    statuses = {"ok": "kjent", "suppressed": "skjult", "interval": "bare grensene"}
    return Cube("settled_persons", "Bosatte", "Om bosatte", "persons", "personer", axes, points, (credit,), statuses,
                {2023: date(2023, 9, 25)}, False)  # fmt: skip


def test_json_stat_tells_a_hidden_figure_from_zero_and_keeps_bounds() -> None:
    """By hand: value, low and high of each cell, in the order region, year, sex, measure."""
    made = json_stat(
        a_cube(
            Point(("00", "2022", "all"), None, 31255.0, 31261.0, "interval", "summed"),
            Point(("3909", "2022", "all"), 168.0, 168.0, 168.0, "ok", "published"),
            Point(("3909", "2023", "female"), None, None, None, "suppressed", "published"),
            Point(("3909", "2023", "all"), 0.0, 0.0, 0.0, "ok", "published"),
        ),
        "000001-0123abcd",
        "2026-11-29T10:00:00Z",
    )
    assert made["size"] == [2, 2, 2, 3]
    assert made["value"] == {"1": 31255, "2": 31261, "12": 168, "13": 168, "14": 168, "18": 0, "19": 0, "20": 0}
    assert made["status"] == {"0": "interval", "21": "suppressed"}
    assert made["note"][-1] == "Tallene for 2023 er per 25.09.2023, ikke for hele året."
    read = pyjstat.pyjstat.Dataset.read(json.dumps(made)).write("dataframe")
    told = read[(read["Område"] == "Larvik") & (read["År"] == "2022") & (read["Mål"] == "Verdi")]
    assert told.set_index("Kjønn")["value"].to_dict()["Begge kjønn"] == 168
    assert told.set_index("Kjønn")["value"].isna().to_dict() == {"Begge kjønn": False, "Kvinner": True}
    assert len(read) == 24


def test_an_indicator_of_a_release_read_back_by_pyjstat(small: Installation) -> None:
    """Decisions of 2020: 4719 in Sandefjord, hidden in Tønsberg, 24 in Larvik (tests/support/small_tables.py)."""
    target = io.StringIO()
    export_indicator(small.data, "decided_persons", "json-stat", target)
    read = pyjstat.pyjstat.Dataset.read(target.getvalue()).write("dataframe")
    told = read[(read["År"] == "2020") & (read["Mål"] == "Verdi")].set_index("Område")["value"]
    assert told["Sandefjord"] == 4719
    assert told["Larvik"] == 24
    assert told.isna()["Tønsberg"]
    made = json.loads(target.getvalue())
    assert made["updated"].endswith("Z")
    assert made["extension"]["sources"][0]["licence"]
    hidden = [code for code, status in made["status"].items() if status == "suppressed"]
    assert hidden
    assert not set(hidden) & set(made["value"])


def test_the_same_as_csv_for_named_municipalities(small: Installation) -> None:
    target = io.StringIO()
    export_indicator(small.data, "decided_persons", "csv", target, ["Tønsberg"])
    rows = list(csv.DictReader(io.StringIO(target.getvalue())))
    assert {row["region_code"] for row in rows} == {"3905", "39", "00"}
    (hidden,) = [row for row in rows if row["region_code"] == "3905" and row["year"] == "2020"]
    assert (hidden["value"], hidden["value_status"]) == ("", "suppressed")
    assert hidden["region"] == "Tønsberg"
    assert all(row["source"] and row["licence"] and row["release_id"] == small.release for row in rows)


def test_what_cannot_be_exported_says_what_could(small: Installation) -> None:
    with pytest.raises(WarehouseError, match=r"perhaps .*settled_persons"):
        export_indicator(small.data, "settled_person", "csv", io.StringIO())
    with pytest.raises(UnknownPlace, match="did you mean"):
        export_indicator(small.data, "settled_persons", "csv", io.StringIO(), ["Larvk"])
    with pytest.raises(WarehouseError, match="none in this release"):
        export_indicator(small.data, "employed_share", "csv", io.StringIO())


def test_the_catalogue_keeps_dcat_ap_no_and_both_files_say_the_same(small: Installation) -> None:
    release = small.data / "published"
    turtle = Graph().parse(release / TURTLE, publicID=BASE)
    linked = Graph().parse(release / JSON_LD, format="json-ld", publicID=BASE)
    assert isomorphic(turtle, linked)
    conforms, _, report = pyshacl.validate(turtle, shacl_graph=Graph().parse(SHAPES))
    assert conforms, report
    file = URIRef(f"{BASE}parquet/fct_settlement.parquet")
    (distribution,) = turtle.subjects(DCAT.downloadURL, file)
    (table,) = turtle.subjects(DCAT.distribution, distribution)
    (period,) = turtle.objects(table, DCTERMS.temporal)
    assert [str(turtle.value(period, name)) for name in (DCAT.startDate, DCAT.endDate)] == ["2020-01-01", "2023-12-31"]
    (source,) = turtle.objects(table, DCTERMS.source)
    assert str(turtle.value(turtle.value(source, DCTERMS.publisher), FOAF.name)).endswith("(IMDi)")
    listed = {str(one).removeprefix(f"{BASE}#tabell-") for one in turtle.objects(None, DCAT.dataset)}
    rows = {table["name"]: table["rows"] for table in json.loads((release / "manifest.json").read_text())["tables"]}
    assert listed == {name for name, count in rows.items() if count}


@pytest.mark.parametrize("broken", ["title", "publisher", "accessURL"])
def test_the_shapes_find_what_is_left_out(small: Installation, broken: str) -> None:
    graph = Graph().parse(small.data / "published" / TURTLE, publicID=BASE)
    path = DCAT[broken] if broken == "accessURL" else DCTERMS[broken]
    subject = next(graph.subjects(path, None))
    graph.remove((subject, path, None))
    conforms, _, report = pyshacl.validate(graph, shacl_graph=Graph().parse(SHAPES))
    assert not conforms
    assert str(path).split("/")[-1].split("#")[-1] in report


def test_hostile_words_of_a_publisher_stay_words_in_the_catalogue(small: Installation) -> None:
    """A label cannot end the literal it stands in, in either form."""
    evil = 'x" . <http://evil.example/s> <http://evil.example/p> "</script>'
    release = small.data / "published"
    package: dict[str, Any] = json.loads((release / "datapackage.json").read_text(encoding="utf-8"))
    package["resources"][0]["title"] = evil
    with duckdb.connect(str(release / "integrering.duckdb"), read_only=True) as connection:
        graph = catalogue(connection, package, json.loads((release / "manifest.json").read_text(encoding="utf-8")))
    for form in ("turtle", "json-ld"):
        again = Graph().parse(data=graph.serialize(format=form), format=form, publicID=BASE)
        assert evil in {str(title) for title in again.objects(None, DCTERMS.title)}
        assert not any("evil.example" in str(subject) for subject in again.subjects())


def test_the_light_copy_is_a_star_with_one_column_relations(small: Installation) -> None:
    folder = small.data / "published" / "light"
    with duckdb.connect() as connection:
        connection.execute(f"set file_search_path = '{folder}'")
        for name, key in [("dim_series", "series_number"), ("dim_region", "region_code"), ("dim_year", "year"),
                          ("dim_figure_state", "state_number"), ("dim_release", "release_number")]:  # fmt: skip
            count, distinct = connection.execute(
                f"select count(*), count(distinct {key}) from '{name}.parquet'"
            ).fetchall()[0]
            assert count == distinct > 0, name
            lost = connection.execute(
                f"select count(*) from 'fct_figure.parquet' anti join '{name}.parquet' using ({key})"
            )
            assert lost.fetchall() == [(0,)], name
        for name in BREAKDOWNS:
            lost = connection.execute(f"select count(*) from 'dim_series.parquet' as s where s.{name} not in "
                                      f"(select {name} from 'dim_{name}.parquet')")  # fmt: skip
            assert lost.fetchall() == [(0,)], name
        own = connection.execute(
            "select r.region_name, f.value from 'fct_figure.parquet' as f inner join 'dim_series.parquet' using (series_number) "
            "inner join 'dim_region.parquet' as r using (region_code) "
            "where indicator_id = 'decided_persons' and year = 2020 and r.region_level = 'municipality' and sex = 'all'"
        ).fetchall()
    assert dict(own) == {"Larvik": 24.0, "Sandefjord": 4719.0, "Tønsberg": None}


def test_the_light_file_has_the_rows_of_its_parquet_files(small: Installation) -> None:
    folder = small.data / "published" / "light"
    names = sorted(path.stem for path in folder.glob("*.parquet"))
    with duckdb.connect(str(folder / "light.duckdb"), read_only=True) as connection:
        assert [name for (name,) in connection.execute("show tables").fetchall()] == names
        for name in names:
            sides = f"from {name}", f"from '{folder / name}.parquet'"
            counts = [
                connection.execute(f"select count(*) from ({a} except all {b})").fetchone()
                for a, b in (sides, sides[::-1])
            ]
            assert counts == [(0,), (0,)], name


def test_the_word_to_programs_names_what_is_there_and_what_is_empty(small: Installation) -> None:
    published = small.data / "published"
    named = re.findall(r"^  (\S+?)/? ", (published / "LESMEG.txt").read_text(encoding="utf-8"), re.MULTILINE)
    assert [name for name in named if not (published / name.rstrip(",")).exists()] == [] and len(named) >= 9
    text = (published / "llms.txt").read_text(encoding="utf-8")
    assert text.startswith("# Integrering")
    assert "- `decided_persons`: " in text
    assert "Et tomt tall er aldri 0." in text
    empty = next(line for line in text.splitlines() if line.startswith("Tomme i denne utgaven:"))
    assert "social_assistance_by_group" in empty
    assert "DEMODATA" not in text


def test_the_model_drawn_by_hand_answers_as_the_page_says(small: Installation) -> None:
    """The SQL of docs/bi-tools.md on `light/`: what is not one known number is told as an interval or in words."""
    section = (
        (PROJECT / "docs" / "bi-tools.md").read_text(encoding="utf-8").split("## A model by hand")[1].split("\n## ")[0]
    )
    total, told = re.findall(r"```sql\n(.*?)```", section, re.DOTALL)
    with duckdb.connect() as connection:
        connection.execute(f"set file_search_path = '{small.data / 'published' / 'light'}'")
        rows = connection.execute(total).fetchall()
        texts = {(name, year): text for name, year, text in connection.execute(told).fetchall()}
    assert len({row[:2] for row in rows}) == len(rows)
    assert ("Larvik", 2020, 24.0) in rows
    assert texts["Larvik", 2020] == "24"
    # a hidden count of IMDi is one to four, and what cannot be given for the county is said in words
    assert texts["Tønsberg", 2020] == "1–4"
    assert texts["Vestfold", 2020] == "kan ikke gis for området"


def test_empty_tables_stand_apart_in_the_dictionary(small: Installation) -> None:
    package = json.loads((small.data / "published" / "datapackage.json").read_text(encoding="utf-8"))
    filled, empty = page_text(package).split("<h3>Tomme i denne utgaven</h3>")
    listed = empty.split("</ul>")[0]
    assert '<a href="#social_assistance_by_group">' in listed
    assert '<a href="#social_assistance_by_group">' not in filled
    assert '<a href="#fct_settlement">' in filled
    assert '<a href="#fct_settlement">' not in listed
