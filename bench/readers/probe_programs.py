"""Readers that are programs of their own: Node, R and LibreOffice, where the machine has them.

Here: how each is asked. Not here: judging the answer (__main__.py). Each returns None where the program is absent.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import tempfile
from pathlib import Path

NODE = """
import { DuckDBInstance } from '@duckdb/node-api';
const instance = await DuckDBInstance.create(process.argv[2], { access_mode: 'READ_ONLY' });
const connection = await instance.connect();
const rows = async (sql) => (await connection.runAndReadAll(sql)).getRowsJson();
const tables = await rows("select count(*)::int from information_schema.tables where table_schema = 'marts'");
const version = await rows('select version()');
const seen = { version: 'node-api, duckdb ' + version[0][0], tables: tables[0][0], rows: await rows(process.argv[3]) };
console.log(JSON.stringify(seen));
"""

R_SCRIPT = """
file <- commandArgs(trailingOnly = TRUE)[1]
sheets <- readxl::excel_sheets(file)
cells <- sum(sapply(sheets, function(s)
  sum(!is.na(suppressMessages(readxl::read_excel(file, sheet = s, col_names = FALSE, col_types = "text"))))))
seen <- '{"version": "R %s, readxl %s", "sheets": %d, "cells": %d}'
cat(sprintf(seen, getRversion(), packageVersion("readxl"), length(sheets), cells))
"""

R_QUERY = """
arguments <- commandArgs(trailingOnly = TRUE)
d <- read.csv(arguments[1], colClasses = c(municipality_code = "character"))
d <- d[order(d$year), ]
show <- function(x) ifelse(is.na(x), "null", format(x, digits = 15, trim = TRUE))
rows <- paste0("[", d$year, ",", show(d$municipality_value), ",", show(d$county_value), ",", show(d$country_value), "]")
cat(sprintf('{"version": "R %s on integrering query --format csv", "rows": [%s]}', getRversion(), paste(rows, collapse = ",")))
"""


def ask_node(published: Path, question: str, home: Path) -> dict | None:
    """DuckDB's client for Node, installed by npm into ``home``."""
    if not shutil.which("npm"):
        return None
    if not (home / "node_modules" / "@duckdb" / "node-api").exists():
        home.mkdir(parents=True, exist_ok=True)
        install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "@duckdb/node-api@1.4.4-r.1"]
        subprocess.run(install, cwd=home, check=True, capture_output=True)
    (home / "probe.mjs").write_text(NODE, encoding="utf-8")
    return _json(["node", "probe.mjs", str(published / "integrering.duckdb"), question], home)


def ask_r_workbook(published: Path) -> dict | None:
    """R with readxl, on the workbook."""
    if (
        not shutil.which("Rscript")
        or subprocess.run(["Rscript", "-e", "library(readxl)"], capture_output=True, check=False).returncode
    ):
        return None
    return _json(["Rscript", "-e", R_SCRIPT, str(next((published / "report").rglob("*.xlsx")))], published)


def ask_r_csv(published: Path, rows: str) -> dict | None:
    """R on the CSV that `integrering query` writes."""
    if not shutil.which("Rscript"):
        return None
    with tempfile.NamedTemporaryFile("w", suffix=".csv", encoding="utf-8") as file:
        file.write(rows)
        file.flush()
        return _json(["Rscript", "-e", R_QUERY, file.name], published)


def ask_libreoffice(published: Path) -> dict | None:
    """LibreOffice without a window: every sheet of the workbook as CSV, as Calc shows it."""
    if not shutil.which("soffice"):
        return None
    book = next((published / "report").rglob("*.xlsx"))
    with tempfile.TemporaryDirectory(prefix="integrering-office-") as folder:
        # the last option asks for every sheet, each in a file of its own
        how = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
        profile = f"-env:UserInstallation=file://{folder}/profile"
        command = ["soffice", profile, "--headless", "--convert-to", how, "--outdir", folder, str(book)]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        sheets = sorted(Path(folder).glob("*.csv"))
        cells = 0
        for sheet in sheets:
            rows = csv.reader(io.StringIO(sheet.read_text(encoding="utf-8")))
            cells += sum(1 for row in rows for value in row if value)
    said = subprocess.run(["soffice", "--version"], capture_output=True, text=True, check=True).stdout.split()
    return {"version": " ".join(said[:2]), "sheets": len(sheets), "cells": cells}


def _json(command: list[str], folder: Path) -> dict:
    answer = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, timeout=300)
    return json.loads(answer.stdout.strip().splitlines()[-1])
