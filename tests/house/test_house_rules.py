"""Rules of the house that a newcomer relies on: imports run one way, names keep their form, files stay small."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sources.dataset.dimensions import DIMENSIONS, dimensions, units
from sources.dataset.schema import SCHEMA_FILE, schema_text
from sources.dataset.spec import load_specs
from sources.files import read_yaml
from sources.vocabulary import codes
from warehouse.interface.declaration import shared_texts

PROJECT = Path(__file__).parents[2]
PACKAGES = ("sources", "orchestration", "warehouse", "report", "trials")
MAY_IMPORT = {
    "sources": {"sources"},
    "warehouse": {"warehouse"},
    "report": {"report", "warehouse"},
    "orchestration": set(PACKAGES),  # `trials` for the upstream of one machine that `integrering dev` can start
    "trials": {"trials", "sources"},
}
FOR_ALL = {"sources.files", "sources.vocabulary"}
"""What every package may use: there is one way to write a file whole, and one place for a word."""
FORBIDDEN_IN_SOURCES = {"dagster", "dagster_dbt", "dbt", "duckdb"}
LONGEST_MODULE = 450
SIDE_BY_SIDE = 14
"""Modules in one folder: past a dozen nobody reads the list; a prefix that stands three times is a folder never made."""


def _modules(package: str) -> Iterator[Path]:
    yield from sorted(
        p for p in (PROJECT / package).rglob("*.py") if "data" not in p.relative_to(PROJECT).parts[:2][1:]
    )


def _models(layer: str) -> Iterator[dict[str, Any]]:
    """What the YAML files of a layer say of its models."""
    for path in sorted((PROJECT / "dbt_project" / "models" / layer).rglob("*.yml")):
        yield from yaml.safe_load(path.read_text(encoding="utf-8")).get("models", [])


def _imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module if node.module in FOR_ALL else node.module.split(".")[0])
    return names


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_run_one_way(package: str) -> None:
    for path in _modules(package):
        ours = _imports(path) & set(PACKAGES)
        assert ours <= MAY_IMPORT[package], path


@pytest.mark.parametrize("package", PACKAGES)
def test_a_name_means_one_thing_within_a_package(package: str) -> None:
    found: dict[str, list[str]] = {}
    for path in _modules(package):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found.setdefault(node.name, []).append(path.relative_to(PROJECT).as_posix())
    assert {name: places for name, places in found.items() if len(places) > 1} == {}


def test_no_room_for_all_names_a_publisher_of_figures() -> None:
    """A new publisher is a folder of sources/ and its lines in the registry: nothing else lists them (CONTRIBUTING.md)."""
    publishers = {spec.source for spec in load_specs().values() if spec.shape == "observation"}
    named = re.compile(rf"[\"']({'|'.join(sorted(publishers))})[\"']")
    assert named.search('("imdi", "ssb")')
    staging = (PROJECT / "dbt_project/models/staging").rglob("*.sql")
    rooms = ("orchestration", "warehouse", "sources/dataset", "sources/landing", "sources/gates")
    for path in [*(path for room in rooms for path in _modules(room) if path.name != "registry.py"), *staging]:
        assert not named.search(path.read_text(encoding="utf-8")), path


def test_sources_need_no_engine() -> None:
    for path in _modules("sources"):
        assert not _imports(path) & FORBIDDEN_IN_SOURCES, path


@pytest.mark.parametrize("package", [*PACKAGES, "tests"])
def test_no_folder_holds_more_modules_than_a_person_reads(package: str) -> None:
    for folder in {path.parent for path in _modules(package)}:
        names = sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")
        if folder.name != "support":
            assert len(names) <= SIDE_BY_SIDE, f"{folder}: {len(names)} modules"


@pytest.mark.parametrize("package", PACKAGES)
def test_modules_say_what_belongs_in_them(package: str) -> None:
    for path in _modules(package):
        text = path.read_text(encoding="utf-8")
        if not text.strip():
            continue
        docstring = ast.get_docstring(ast.parse(text)) or ""
        assert len(docstring.splitlines()) >= 2, f"{path}: two lines, what belongs here and what does not"
        assert len(text.splitlines()) <= LONGEST_MODULE, path


def test_names_of_models_and_columns() -> None:
    models = PROJECT / "dbt_project" / "models"
    for path in models.rglob("*.sql"):
        layer = path.relative_to(models).parts[0]
        pattern = {
            "staging": r"stg_[a-z]+__[a-z0-9_]+",
            "intermediate": r"int_[a-z0-9_]+",
            "marts": r"[a-z][a-z0-9_]+",
        }[layer]
        assert re.fullmatch(pattern, path.stem), path
        assert path.stem.isascii()
    for model in _models("marts"):
        assert model.get("description"), model["name"]
        for column in model["columns"]:
            assert re.fullmatch(r"[a-z][a-z0-9_]*", column["name"]), column
            assert column.get("data_type"), f"{model['name']}.{column['name']}"
            if column["name"].endswith("_code"):
                assert column["data_type"] in ("varchar", "string"), f"{model['name']}.{column['name']} is text"


def test_a_word_stands_in_one_place() -> None:
    """SQL writes no Norwegian sentence: names come from the vocabulary. The orders of macros/words.sql are the vocabulary's."""
    for path in (PROJECT / "dbt_project").rglob("*.sql"):
        if "target" not in path.parts:
            code = re.sub(r"--[^\n]*|\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.S)
            assert not re.search("[æøåÆØÅ]", code), f"{path}: put the words into sources/vocabulary.yml"
    macros = (PROJECT / "dbt_project" / "macros" / "words.sql").read_text(encoding="utf-8")
    for kind, macro in (("value_status", "status"), ("geography_basis", "basis"), ("reason", "reason")):
        listed = macros.split(f"macro {macro}_order()")[1].split("endmacro")[0]
        assert tuple(re.findall(r"'(\w+)'", listed)) == codes(kind)


def test_the_text_of_a_column_stands_once() -> None:
    """What several tables mean by a name stands in columns.yml, under that name; `meta.text` names another entry there."""
    own: set[tuple[str, str, str]] = set()
    for model in _models("marts"):
        for column in model["columns"]:
            if "description" in column:
                text = (column["name"], column["description"], column["config"]["meta"]["description_nb"])
                assert text not in own, f"{model['name']}.{column['name']}: move the text to dbt_project/columns.yml"
                own.add(text)
    asked = {
        column.get("config", {}).get("meta", {}).get("text", column["name"])
        for model in _models("marts")
        for column in model["columns"]
        if "description" not in column
    }
    assert asked == set(shared_texts()), "an entry of columns.yml that no table uses"


def test_every_mart_has_a_description_of_its_columns() -> None:
    files = (PROJECT / "dbt_project" / "models" / "marts").rglob("*.sql")
    assert {path.stem for path in files} == {model["name"] for model in _models("marts")}


def test_a_mapping_says_a_key_once(tmp_path: Path) -> None:
    """Of two, the parser takes the last without a word. dbt's files too, which it reads by a parser of its own."""
    folders = [PROJECT / name for name in (*PACKAGES, "dbt_project", "tests")]
    files = [
        path
        for folder in folders
        for path in folder.rglob("*.yml")
        if not {"target", "data", "data-demo"} & set(path.parts)
    ]
    assert len(files) > 200
    for path in files:
        read_yaml(path)
    twice = tmp_path / "twice.yml"
    twice.write_text("a: {b: 1, c: 2}\nd:\n  b: 1\n  c: 2\n  b: 3\n", encoding="utf-8")
    with pytest.raises(yaml.YAMLError, match=r"'b' stands twice[\s\S]*line 5"):
        read_yaml(twice)


def test_no_hash_of_an_engines_own_is_stored() -> None:
    """Fault 38: DuckDB's hash() changes between versions. Keys are published codes, or numbers of an MD5.

    Three places use it and store no key: the content hash of a table names the engine beside it and is compared only where
    that is equal; the check of a candidate counts keys by it, the difference of two releases rows, and both forget them.
    """
    files = [*(PROJECT / "dbt_project").rglob("*.sql"), *_modules("warehouse"), *_modules("orchestration")]
    assert len(files) > 100
    for path in files:
        if "target" not in path.parts and path.name not in ("content.py", "publish.py", "diff.py"):
            assert not re.search(r"(?<![\w.])hash\(", path.read_text(encoding="utf-8")), path


def test_no_mart_ends_in_select_star() -> None:
    for path in (PROJECT / "dbt_project" / "models" / "marts").rglob("*.sql"):
        last = path.read_text(encoding="utf-8").rsplit("\nselect", 1)[-1]
        assert not last.lstrip().startswith("*"), path


_WORDS = r"(?:\w*_)?(?:status|basis|id|item|kind|reason|release|source|finding|document|table)"


def test_no_word_is_chosen_by_the_alphabet() -> None:
    """A status, basis, item or release of several parts goes by a declared order (macros/words.sql): max() and min() take the
    alphabetically last and first, by which `unavailable` beats `ok` and a release is drawn by lot."""
    aggregate = re.compile(
        rf"\b(?:max|min)\(\s*(?:case\b[^()]*\bthen\s+)?(?:\w+\.)?{_WORDS}\s*(?:end\s*)?\)", re.IGNORECASE
    )
    assert aggregate.search("max(case when figures.measure = 'settled' then figures.value_status end)")
    assert aggregate.search("min(release_id)") and aggregate.search("max(item)") and not aggregate.search("max(year)")
    folders = [PROJECT / "dbt_project" / name for name in ("models", "macros", "tests")]
    for path in [path for folder in folders for path in folder.rglob("*.sql") if path.name != "words.sql"]:
        found = aggregate.search(path.read_text(encoding="utf-8"))
        assert not found, (
            f"{path}: {found.group(0) if found else ''} takes a word by the alphabet; see macros/words.sql"
        )


def test_nothing_is_divided_by_what_may_be_zero() -> None:
    """DuckDB divides by zero to infinity, which no reader of a mart can use: a divisor is a number or stands in nullif()."""
    divisor = re.compile(r"(?<=\s)/\s+(?!\d|nullif\(|case\b|\{\{)[^\s,]+")
    for path in [path for name in ("models", "macros") for path in (PROJECT / "dbt_project" / name).rglob("*.sql")]:
        text = re.sub(r"\{#.*?#\}|--[^\n]*", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not divisor.search(text), f"{path}: {divisor.search(text)}"


def test_dimensions_are_the_same_in_python_and_dbt() -> None:
    project = yaml.safe_load((PROJECT / "dbt_project" / "dbt_project.yml").read_text(encoding="utf-8"))
    assert tuple(project["vars"]["dimensions"]) == DIMENSIONS == tuple(dimensions())


def test_every_spec_is_valid_and_says_where_its_figures_come_from() -> None:
    specs = load_specs()
    assert len(specs) > 50
    for spec in specs.values():
        assert spec.licence, spec.dataset_id
        assert spec.attribution_nb, spec.dataset_id
        assert spec.link.startswith("https://"), spec.dataset_id
        for rule in spec.hidden:
            assert rule.unit in units(), spec.dataset_id
            assert rule.high is None or rule.low <= rule.high, spec.dataset_id
            assert rule.basis, spec.dataset_id


def test_the_tests_that_the_list_of_faults_names_are_there() -> None:
    page, tests = (PROJECT / "docs" / "faults.md").read_text(encoding="utf-8"), PROJECT / "tests"
    assert {int(n) for n in re.findall(r"^\| (\d+) ", page, re.MULTILINE)} >= set(range(19, 41))
    files = set(re.findall(r"test_\w+\.py", page))
    assert len(files) > 20
    code = {path.name: path.read_text(encoding="utf-8") for path in tests.rglob("test_*.py") if path.name in files}
    assert code.keys() == files
    for name, test in re.findall(r"(?:(test_\w+\.py)::|…)(test_\w+)", page):
        assert any(f"def {test}" in text for file, text in code.items() if name in ("", file)), test


def test_quoting_and_hashing_of_files_stand_in_one_module_each() -> None:
    """A second helper is a second guarantee: eight of them had grown before there was one."""
    homes = {
        r"""replace\("'", "''"\)|chr\(39\)""": "warehouse/quoting.py",
        r"hashlib\.file_digest|os\.fsync|\}\.part\"\)": "sources/files.py",
    }
    modules = [path for package in PACKAGES for path in _modules(package)]
    for pattern, home in homes.items():
        found = {
            p.relative_to(PROJECT).as_posix() for p in modules if re.search(pattern, p.read_text(encoding="utf-8"))
        }
        assert found == {home}, f"{pattern}: use {home}"


def test_every_mart_opens_with_a_comment_that_says_its_rule() -> None:
    marts = sorted((PROJECT / "dbt_project" / "models" / "marts").rglob("*.sql"))
    assert len(marts) > 50
    heads = {
        path.stem: re.split(r"^(?:with|select)\b", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[0]
        for path in marts
    }
    assert [name for name, head in heads.items() if not re.search(r"^(-- |\{#)", head, re.MULTILINE)] == []


def test_every_intermediate_model_is_described_and_keyed() -> None:
    """Its key is tested at each build where that costs little, else declared, and tried on the small installation
    (tests/models/test_dbt_unit_tests.py). A branch of a model has its key there."""
    folder = PROJECT / "dbt_project" / "models" / "intermediate"
    declared = {model["name"]: model for model in _models("intermediate")}
    for path in folder.rglob("*.sql"):
        model = declared[path.stem]
        assert model.get("description"), path
        tested = any("unique_key" in test for test in model.get("data_tests", []))
        is_branch = "materialized='ephemeral'" in path.read_text(encoding="utf-8")
        assert tested or is_branch or model["config"]["meta"]["key"], path


def test_the_schema_for_editors_is_up_to_date() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text(), "run python -m sources.dataset.schema"
    assert "dataset_id" in json.loads(schema_text())["properties"]


def test_no_host_names_of_registries_and_no_machine_paths_in_the_project() -> None:
    forbidden = re.compile(
        "|".join(["files.python" + "hosted", "pypi" + r"\.org", "registry.npm" + "js", r"(?<![\w.])/(work|root)/"])
    )
    skipped = {".git", "target", "logs", "data", "data-demo", "dist", "__pycache__", ".hypothesis", ".ruff_cache"}
    for path in PROJECT.rglob("*"):
        parts = set(path.relative_to(PROJECT).parts)
        if (
            path.is_file()
            and not parts & skipped
            and not any(part.startswith(".venv") for part in parts)
            and path.suffix in {".py", ".md", ".yml", ".toml", ".sql", ".txt", ".csv", ""}
        ):
            found = forbidden.search(path.read_text(encoding="utf-8", errors="ignore"))
            assert not found, f"{path}: {found.group(0) if found else ''}"
