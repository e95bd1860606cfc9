"""The dashboard of `superset/` imported into a Superset of its own and every chart asked. In Superset's environment.

Here: import, the charts' own questions, export again. Not here: connecting (probe_superset.py), anything of this project.
"""

import json
import sys
from pathlib import Path
from typing import Any

import yaml

BUNDLE = Path(__file__).parent / "superset"


def contents(file: Path) -> dict[str, str]:
    """The bundle by name, its database pointed at ``file``."""
    found = {path.relative_to(BUNDLE).as_posix(): path.read_text(encoding="utf-8") for path in BUNDLE.rglob("*.yaml")}
    name = "databases/integrering.yaml"
    described = yaml.safe_load(found[name])
    described["sqlalchemy_uri"] = f"duckdb:///{file}?access_mode=read_only"
    return {**found, name: yaml.safe_dump(described)}


def import_dashboard(file: Path) -> dict[str, Any]:
    """Title, and of each chart how many rows it showed. Call inside Superset's application with a user that may import."""
    from superset import db
    from superset.charts.schemas import ChartDataQueryContextSchema
    from superset.commands.dashboard.export import ExportDashboardsCommand
    from superset.commands.dashboard.importers.v1 import ImportDashboardsCommand
    from superset.models.dashboard import Dashboard

    ImportDashboardsCommand(contents(file), overwrite=True).run()
    (board,) = db.session.query(Dashboard).filter_by(slug="integrering").all()
    rows = {}
    for chart in board.slices:
        context = ChartDataQueryContextSchema().load(_question(json.loads(chart.params), chart.datasource_id))
        answer = context.get_payload()["queries"][0]
        if answer.get("error"):
            raise RuntimeError(f"{chart.slice_name}: {answer['error']}")
        rows[chart.slice_name] = len(answer["data"])
    again = {name for name, _ in ExportDashboardsCommand([board.id]).run()}
    return {"title": board.dashboard_title, "rows": rows, "exported_files": len(again)}


def _question(params: dict[str, Any], dataset: int) -> dict[str, Any]:
    """What a chart of the dashboard asks, as the browser would send it."""
    columns = params.get("all_columns") or [params["x_axis"]]
    filters = [
        {"col": one["subject"], "op": one["operator"], "val": one["comparator"]} for one in params["adhoc_filters"]
    ]
    query = {"columns": columns, "metrics": params.get("metrics"), "filters": filters, "row_limit": 1000}
    return {
        "datasource": {"id": dataset, "type": "table"},
        "force": True,
        "queries": [query],
        "result_format": "json",
        "result_type": "full",
    }


if __name__ == "__main__":
    from probe_superset import started

    with started():
        print(json.dumps(import_dashboard(Path(sys.argv[1]) / "integrering.duckdb"), ensure_ascii=False))
