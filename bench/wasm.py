"""DuckDB in a browser on the light copy of a release: does it read, and how long does the first answer take?

Here: `python -m bench.wasm [FILE]`, with the npm package of DuckDB-WASM fetched into a temporary folder and a page of its own
in Chromium without a window. Not here: the suite, which asks no registry.
The browser gets `light.duckdb`, not the Parquet files: for those DuckDB-WASM fetches an extension from an address of its own.
"""

from __future__ import annotations

import functools
import http.server
import json
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from warehouse.settings import load_settings

VERSION = "1.32.0"
MODULES = {
    "@duckdb/duckdb-wasm": "/node_modules/@duckdb/duckdb-wasm/dist/duckdb-browser.mjs",
    "apache-arrow": "/node_modules/apache-arrow/Arrow.dom.mjs",
    "flatbuffers": "/node_modules/flatbuffers/mjs/flatbuffers.js",
    "tslib": "/node_modules/tslib/tslib.es6.mjs",
}
PAGE = """<!doctype html><meta charset="utf-8"><title>DuckDB-WASM</title><link rel="icon" href="data:,">
<script type="importmap">{"imports": %s}</script>
<script type="module">
import * as duckdb from "@duckdb/duckdb-wasm";
const dist = new URL("/node_modules/@duckdb/duckdb-wasm/dist/", location.href).href;
window.ask = async (sql) => {
  const start = performance.now();
  const worker = new Worker(dist + "duckdb-browser-eh.worker.js");
  const db = new duckdb.AsyncDuckDB(new duckdb.VoidLogger(), worker);
  await db.instantiate(dist + "duckdb-eh.wasm");
  const ready = performance.now();
  const file = new URL("/light.duckdb", location.href).href;
  await db.registerFileURL("light.duckdb", file, duckdb.DuckDBDataProtocol.HTTP, false);
  const connection = await db.connect();
  await connection.query("attach 'light.duckdb' as light (read_only)");
  await connection.query("use light");
  const version = (await connection.query("select version() as v")).toArray()[0].v;
  const rows = (await connection.query(sql)).toArray().map((row) => JSON.parse(JSON.stringify(row, (k, v) =>
    typeof v === "bigint" ? Number(v) : v)));
  return { version, rows, started_ms: Math.round(ready - start), answered_ms: Math.round(performance.now() - ready) };
};
</script>"""
SQL = """select r.region_name as area, f.year, f.value, f.value_low, f.value_high
from fct_figure as f inner join dim_series as s using (series_number)
inner join dim_region as r using (region_code)
where s.indicator_id = 'settled_persons' and s.is_total and r.region_code in ('3909', '39', '00')
order by r.region_code, f.year desc"""


def measure(light: Path) -> dict[str, Any]:
    """Version, rows, and milliseconds until the engine stood and until it had answered. Raises CalledProcessError without npm."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "package.json").write_text("{}", encoding="utf-8")
        fetch = ["npm", "install", f"@duckdb/duckdb-wasm@{VERSION}", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(fetch, cwd=root, check=True, capture_output=True)
        shutil.copy(light, root / "light.duckdb")
        (root / "index.html").write_text(PAGE % json.dumps(MODULES), encoding="utf-8")
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(root)))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            return {**_asked(f"http://127.0.0.1:{server.server_port}/"), "bytes": light.stat().st_size}
        finally:
            server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing of each file."""


def _asked(address: str) -> dict[str, Any]:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page()
        page.on("console", lambda said: print("console:", said.text) if said.type == "error" else None)
        page.goto(address)
        page.wait_for_function("window.ask !== undefined")
        answer: dict[str, Any] = page.evaluate("sql => window.ask(sql)", SQL)
        browser.close()
    return answer


if __name__ == "__main__":
    given = (
        Path(sys.argv[1]) if len(sys.argv) > 1 else load_settings().data_dir / "published" / "light" / "light.duckdb"
    )
    print(json.dumps(measure(given.resolve()), ensure_ascii=False, indent=1))
