"""The local upstream itself: its SSB answers against the published OpenAPI text, its errors, its control address.

Here: what the server sends. Not here: our clients.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from openapi_schema_validator import OAS30Validator
from referencing import Registry
from referencing.jsonschema import DRAFT4

from tests.support.live_upstream import KOSTRA_CODELISTS, SETTLED, dataset_12272, write_release
from trials.local_upstream.server import LocalUpstream

REGION = "KOKkommuneregion0000"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalUpstream]:
    closed = dataset_12272()
    closed["extension"]["discontinued"] = True
    folder = write_release(
        tmp_path_factory.mktemp("server"),
        {
            "001/ssb/12272.json": dataset_12272(),
            "001/ssb/12272.codelists.json": KOSTRA_CODELISTS,
            "001/ssb/12210.json": closed,
            "001/imdi/k/bosatt_anmodede.csv": SETTLED,
            "002/imdi/k/bosatt_anmodede.csv": SETTLED + "x\n",
        },
    )
    with LocalUpstream(folder) as running:
        yield running


@pytest.fixture
def base(server: LocalUpstream) -> str:
    server.faults.clear()
    return f"{server.address}/data.ssb.no/api/pxwebapi/v2"


@pytest.fixture(scope="module")
def specification(shared: Path) -> dict[str, Any]:
    """The published text, with the one rule undone that SSB itself does not keep: ``updated`` is a time, not a date.

    SSB sends 2026-06-15T06:00:00Z (recorded answers), the text's pattern allows only 2026-06-15. Its two references to
    example files that are not part of it are left out.
    """
    text = (shared / "upstream/ssb/PxAPI-2.yml").read_text(encoding="utf-8")
    text = "\n".join(line for line in text.split("\n") if "examplesAsYml" not in line)
    raw = yaml.safe_load(text)
    day = raw["components"]["schemas"]["updated"]["pattern"]
    for owner in (raw["components"]["schemas"], raw["components"]["schemas"]["Table"]["properties"]):
        assert owner["updated"].pop("pattern") == day
    return raw


def complaints(specification: dict[str, Any], schema: str, content: Any) -> list[str]:
    resource = DRAFT4.create_resource(specification)
    registry = Registry().with_resource("px", resource)
    validator = OAS30Validator({"$ref": f"px#/components/schemas/{schema}"}, registry=registry)
    return [f"{'/'.join(map(str, e.absolute_path))}: {e.message}" for e in validator.iter_errors(content)]


ANSWERS = [
    ("TableResponse", "/tables/12272"),
    ("TableResponse", "/tables/12210"),
    ("TablesResponse", "/tables?pageSize=1&pageNumber=2&includeDiscontinued=true"),
    ("Dataset", "/tables/12272/metadata"),
    ("CodelistResponse", "/codelists/agg_KOGkommuneregion000005402"),
    ("Problem", "/tables/99999"),
    ("Problem", "/nowhere"),
]


@pytest.mark.parametrize(("schema", "path"), ANSWERS)
def test_answers_keep_the_published_schema(specification: dict[str, Any], base: str, schema: str, path: str) -> None:
    content = requests.get(base + path, timeout=60).json()
    assert complaints(specification, schema, content) == []


def test_the_schema_check_can_fail(specification: dict[str, Any], base: str) -> None:
    content = requests.get(f"{base}/tables/12272", timeout=60).json()
    del content["label"]
    assert any("label" in text for text in complaints(specification, "TableResponse", content))
    dataset = requests.get(f"{base}/tables/12272/metadata", timeout=60).json()
    dataset["size"] = ["three"]
    dataset["surprise"] = 1
    assert len(complaints(specification, "Dataset", dataset)) >= 2


def test_config_keeps_the_schema_but_for_the_two_zeros_that_ssb_sends(specification: dict[str, Any], base: str) -> None:
    """maxCallsPerTimeWindow and timeWindow are 0 at SSB, where the text says at least 1 (recorded config)."""
    found = complaints(specification, "ConfigResponse", requests.get(f"{base}/config", timeout=60).json())
    assert sorted(text.split(":")[0] for text in found) == ["maxCallsPerTimeWindow", "timeWindow"]


def test_recorded_answers_of_ssb_keep_the_same_schema(specification: dict[str, Any], shared: Path) -> None:
    """The yardstick fits the real thing: recorded bodies pass where the composed ones must."""
    folder = shared / "upstream/ssb"
    for schema, name in (
        ("TableResponse", "v2_table_13760_en.json"),
        ("TableResponse", "v2_table_03013_en_discontinued.json"),
        ("TablesResponse", "v2_tables_no_page1.json"),
        ("Problem", "v2_error_400_nonexistent_variable.json"),
    ):
        assert complaints(specification, schema, json.loads((folder / name).read_bytes())) == [], name


def ask(base: str, selection: list[dict[str, Any]]) -> requests.Response:
    return requests.post(f"{base}/tables/12272/data?outputFormat=json-stat2", json={"selection": selection}, timeout=60)


def selection(**changes: Any) -> list[dict[str, Any]]:
    chosen = {REGION: ["*"], "ContentsCode": ["*"], "Tid": ["*"], **changes}
    return [{"variableCode": name, "valueCodes": codes} for name, codes in chosen.items() if codes is not None]


def test_data_keeps_the_schema_of_a_dataset(specification: dict[str, Any], base: str) -> None:
    answer = ask(base, selection(**{REGION: ["3805"], "Tid": ["top(1)"]}))
    assert complaints(specification, "Dataset", answer.json()) == []
    assert answer.json()["value"] == [370, 2147]
    assert "status" not in answer.json()


@pytest.mark.parametrize(
    ("changes", "status", "title"),
    [
        ({"Region": ["*"]}, 400, "Non-existent variable"),
        ({"Tid": ["1999"]}, 400, "Non-existent value"),
        ({"Tid": None}, 400, "Missing selection for mandantory variable"),
    ],
)
def test_errors_carry_the_diagnosis_in_the_title(base: str, changes: dict, status: int, title: str) -> None:
    answer = ask(base, selection(**changes))
    assert answer.status_code == status
    assert answer.json() == {"type": "Parameter error", "title": title, "status": status}
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_code_asked_for_twice_is_500_with_an_empty_body(base: str) -> None:
    answer = ask(base, selection(Tid=["2021", "2021"]))
    assert (answer.status_code, answer.content) == (500, b"")


def test_too_many_cells_is_400_in_version_2_and_403_in_version_1(server: LocalUpstream, base: str) -> None:
    server.ssb.cell_limit = 5
    try:
        assert ask(base, selection()).json()["title"] == "Too many cells selected"
        items = [
            {"code": name, "selection": {"filter": "all", "values": ["*"]}} for name in (REGION, "ContentsCode", "Tid")
        ]
        body = {"query": items, "response": {"format": "json-stat2"}}
        answer = requests.post(f"{server.address}/data.ssb.no/api/v0/no/table/12272", json=body, timeout=60)
        assert (answer.status_code, answer.json()) == (403, {"error": "Too many values selected"})
    finally:
        server.ssb.cell_limit = 800_000


def test_a_codelist_id_is_case_sensitive_and_sums(base: str) -> None:
    chosen = selection(**{REGION: ["0709"], "Tid": ["2017"]})
    chosen[0]["codelist"] = "agg_kogkommuneregion000005403"
    assert ask(base, chosen).json()["title"] == "Non-existent codelist"
    chosen[0]["codelist"] = "agg_KOGkommuneregion000005403"
    assert ask(base, chosen).json()["value"] == [325, 1979]


def test_get_with_brackets_answers_like_post_and_a_long_address_is_404(base: str) -> None:
    query = f"valueCodes[{REGION}]=3805&valueCodes[ContentsCode]=*&valueCodes[Tid]=[range(2017,2021)]"
    answer = requests.get(f"{base}/tables/12272/data?{query}", timeout=60)
    assert answer.json()["value"] == [None, 370, None, 2147]
    assert requests.get(f"{base}/tables/12272/data?{query}{',3805' * 500}", timeout=60).status_code == 404


def test_imdi_refuses_head_and_lists_its_tables(server: LocalUpstream) -> None:
    host = f"{server.address}/app-simapi-prod.azurewebsites.net"
    assert requests.head(f"{host}/download_csv/k/bosatt_anmodede", timeout=60).status_code == 405
    assert requests.get(f"{host}/api/v1/metadata/tables", timeout=60).json() == ["bosatt_anmodede"]
    for unknown in ("download_csv/k/nothing", "download_csv/x/bosatt_anmodede", "download_csv/k/..%2f..%2fetc"):
        assert requests.get(f"{host}/{unknown}", timeout=60).status_code == 404


def test_it_starts_as_a_program_and_is_steered_over_http(tmp_path: Path) -> None:
    folder = write_release(tmp_path, {"001/imdi/k/t.csv": SETTLED, "002/imdi/k/t.csv": SETTLED + "y\n"})
    command = [sys.executable, "-m", "trials.local_upstream", "--folder", str(folder), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]) as process:
        try:
            line = process.stdout.readline()
            address = re.search(r"http://127\.0\.0\.1:\d+", line)[0]
            table = f"{address}/app-simapi-prod.azurewebsites.net/download_csv/k/t"
            assert requests.get(table, timeout=60).content == SETTLED.encode("latin-1")
            advanced = requests.post(f"{address}/_control/advance?key=imdi/k/t", timeout=60)
            assert advanced.json() == {"release": 1}
            assert requests.get(table, timeout=60).content.endswith(b"y\n")
            assert requests.post(f"{address}/_control/advance?key=imdi/k/t", timeout=60).status_code == 400
            requests.post(f"{address}/_control/fault?name=too_many&times=1&value=3", timeout=60)
            limited = requests.get(table, timeout=60)
            assert (limited.status_code, limited.headers["Retry-After"]) == (429, "3")
            assert len(requests.get(f"{address}/_control/log", timeout=60).json()) == 3
            assert requests.post(f"{address}/_control/fault?name=nonsense", timeout=60).status_code == 400
        finally:
            process.kill()
