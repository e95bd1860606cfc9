"""What one reader sees of the published path: tables, the figures of one question, and what happens when the release changes.

Run by bench/readers/__main__.py in the reader's own environment: `python probe.py KIND PUBLISHED [NEXT]`; prints one JSON object.
Only the reader itself is imported here, nothing of this project. With NEXT (a release folder) the published link is moved to
it between the two looks, so that the answer says what a connection that stays open sees, and what a new one does.
"""

import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

QUESTION = (
    "select year, municipality_value, county_value, country_value from marts.comparison "
    "where municipality_code = '3909' and indicator_id = 'settled_persons' order by year"
)
COUNT = "select count(*) as n from information_schema.tables where table_schema = 'marts'"
"""Tables and views."""
MARK = "select count(*) from duckdb_tables() where table_name = 'added_later'"
"""1 in the release that comes next, 0 in the one before."""

WANTED = ["year", "municipality_value", "county_value", "country_value"]


def move(published: Path, release: str) -> None:
    """Let the published link point to another release, in one step, as publication does."""
    fresh = published.with_name(".published.probe")
    fresh.unlink(missing_ok=True)
    os.symlink(release, fresh, target_is_directory=True)
    os.replace(fresh, published)


def listed(rows: object) -> list:
    """Rows as plain lists; a figure that is not known is null whatever the reader calls it."""
    return [[None if value != value else value for value in row] for row in rows]


def probe_duckdb(published: Path, release: str | None) -> dict:
    """The DuckDB library of Python."""
    import duckdb

    file = str(published / "integrering.duckdb")
    held = duckdb.connect(file, read_only=True)
    tables = held.execute(COUNT).fetchone()[0]
    found = {"version": duckdb.__version__, "tables": tables, "rows": listed(held.execute(QUESTION).fetchall())}
    if release:
        move(published, release)
        found["held"] = held.execute(MARK).fetchone()[0]
        with duckdb.connect(file, read_only=True) as second:
            found["second_in_process"] = second.execute(MARK).fetchone()[0]
        held.close()
        with duckdb.connect(file, read_only=True) as fresh:
            found["fresh"] = fresh.execute(MARK).fetchone()[0]
    return found


def probe_cli(published: Path, release: str | None) -> dict:
    """The command line client."""
    program = str(Path(sys.executable).parent / "duckdb")
    file = str(published / "integrering.duckdb")

    def ask(sql: str) -> list:
        answer = subprocess.run([program, "-readonly", "-json", file, sql], capture_output=True, text=True, check=True)
        return [list(row.values()) for row in json.loads(answer.stdout)]

    said = subprocess.run([program, "-version"], capture_output=True, text=True, check=True).stdout.split()[0]
    tables = ask(COUNT)[0][0]
    found = {"version": said, "tables": tables, "rows": ask(QUESTION)}
    if release:
        move(published, release)
        found["fresh"] = ask(MARK)[0][0]
    return found


def probe_pandas(published: Path, release: str | None) -> dict:
    """pandas on the Parquet files, which hold the star."""
    import pandas

    def figures(level: str, region: str) -> pandas.DataFrame:
        frame = pandas.read_parquet(published / "parquet" / f"fct_figure_{level}.parquet")
        frame = frame[(frame.region_code == region) & frame.series_number.isin(chosen.series_number)]
        return frame[["series_number", "year", "value"]].rename(columns={"value": f"{level}_value"})

    series = pandas.read_parquet(published / "parquet" / "dim_series.parquet")
    chosen = series[series.indicator_id == "settled_persons"]
    frame = figures("municipality", "3909")
    for level, region in (("county", "39"), ("country", "00")):
        frame = frame.merge(figures(level, region), on=["series_number", "year"], how="left")
    rows = listed(frame.sort_values("year")[WANTED].astype(object).itertuples(index=False))
    return {"version": f"{pandas.__version__}, pyarrow {version('pyarrow')}", "rows": rows}


def probe_polars(published: Path, release: str | None) -> dict:
    """polars, lazily, on the Parquet files, which hold the star."""
    import polars

    def figures(level: str, region: str) -> polars.LazyFrame:
        frame = polars.scan_parquet(published / "parquet" / f"fct_figure_{level}.parquet")
        frame = frame.filter(polars.col("region_code") == region).join(chosen, on="series_number", how="semi")
        return frame.select("series_number", "year", polars.col("value").alias(f"{level}_value"))

    series = polars.scan_parquet(published / "parquet" / "dim_series.parquet")
    chosen = series.filter(polars.col("indicator_id") == "settled_persons")
    frame = figures("municipality", "3909")
    for level, region in (("county", "39"), ("country", "00")):
        frame = frame.join(figures(level, region), on=["series_number", "year"], how="left")
    rows = listed(frame.sort("year").select(WANTED).collect().rows())
    return {"version": polars.__version__, "rows": rows}


def probe_sqlalchemy(published: Path, release: str | None) -> dict:
    """SQLAlchemy with duckdb-engine: reflection, comments and a query, as BI tools do it."""
    import sqlalchemy

    address = f"duckdb:///{published / 'integrering.duckdb'}?access_mode=read_only"
    engine = sqlalchemy.create_engine(address, poolclass=sqlalchemy.pool.NullPool)
    inspector = sqlalchemy.inspect(engine)
    columns = {c["name"]: c for c in inspector.get_columns("comparison", schema="marts")}
    with engine.connect() as connection:
        rows = listed(connection.execute(sqlalchemy.text(QUESTION)).fetchall())
    found = {
        "version": f"{sqlalchemy.__version__}, duckdb-engine {version('duckdb-engine')}, duckdb {version('duckdb')}",
        "tables": len({*inspector.get_table_names(schema="marts"), *inspector.get_view_names(schema="marts")}),
        "rows": rows,
        "types": [str(columns[name]["type"]) for name in ("municipality_code", "year", "municipality_value")],
        "comment": bool(columns["municipality_code"].get("comment")),
    }
    if release:
        move(published, release)
        with engine.connect() as connection:
            found["fresh"] = connection.execute(sqlalchemy.text(MARK)).scalar()
    return found


def probe_adbc(published: Path, release: str | None) -> dict:
    """Arrow Database Connectivity through the driver inside DuckDB's library."""
    import adbc_driver_duckdb.dbapi
    import adbc_driver_manager

    file = str(published / "integrering.duckdb")
    with adbc_driver_duckdb.dbapi.connect(file) as connection, connection.cursor() as cursor:
        cursor.execute(COUNT)
        tables = cursor.fetchone()[0]
        cursor.execute(QUESTION)
        rows = listed(list(row.values()) for row in cursor.fetch_arrow_table().to_pylist())
    said = f"{adbc_driver_manager.__version__}, duckdb {version('duckdb')}"
    found = {"version": said, "tables": tables, "rows": rows}
    if release:
        move(published, release)
        with adbc_driver_duckdb.dbapi.connect(file) as connection, connection.cursor() as cursor:
            cursor.execute(MARK)
            found["fresh"] = cursor.fetchone()[0]
    return found


def probe_openpyxl(published: Path, release: str | None) -> dict:
    """The workbook, by openpyxl."""
    import openpyxl

    file = next((published / "report").rglob("*.xlsx"))
    book = openpyxl.load_workbook(file, read_only=True)
    cells = sum(1 for sheet in book for row in sheet.iter_rows(values_only=True) for v in row if v is not None)
    return {"version": openpyxl.__version__, "sheets": len(book.sheetnames), "cells": cells}


def probe_calamine(published: Path, release: str | None) -> dict:
    """The workbook, by calamine."""
    from python_calamine import CalamineWorkbook

    file = next((published / "report").rglob("*.xlsx"))
    book = CalamineWorkbook.from_path(str(file))
    sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    cells = sum(1 for sheet in sheets for row in sheet for v in row if v not in ("", None))
    return {"version": version("python-calamine"), "sheets": len(sheets), "cells": cells}


if __name__ == "__main__":
    kind, path, *following = sys.argv[1:]
    seen = globals()[f"probe_{kind}"](Path(path), following[0] if following else None)
    print(json.dumps(seen, default=str))
