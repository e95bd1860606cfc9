"""Superset's own code on the published path: the schema listed, a dataset made, a chart query run. In Superset's environment.

Arguments and answer as in probe.py: PUBLISHED [NEXT]. Not here: anything of this project.
"""

import json
import os
import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from probe import MARK, WANTED, listed, move
from probe_dashboard import import_dashboard

CONFIG = """
SECRET_KEY = {secret!r}
SQLALCHEMY_DATABASE_URI = "sqlite:///{home}/superset.db"
PREVENT_UNSAFE_DB_CONNECTIONS = False
CACHE_CONFIG = DATA_CACHE_CONFIG = {{"CACHE_TYPE": "NullCache"}}
"""


@contextmanager
def started() -> Iterator[None]:
    """Superset's application with metadata of its own, and a user who may do everything."""
    home = tempfile.mkdtemp(prefix="superset-")
    config = Path(home) / "superset_config.py"
    config.write_text(CONFIG.format(secret=secrets.token_hex(32), home=home), encoding="utf-8")
    os.environ.update(SUPERSET_CONFIG_PATH=str(config), SUPERSET_HOME=home, FLASK_APP="superset.app:create_app()")

    from superset.app import create_app

    with create_app().app_context():
        import superset
        from flask import g
        from flask_migrate import upgrade
        from superset import security_manager

        upgrade(directory=str(Path(superset.__file__).parent / "migrations"))
        security_manager.sync_role_definitions()
        g.user = security_manager.add_user(
            "probe", "Probe", "Probe", "probe@localhost", security_manager.find_role("Admin"), secrets.token_hex(8)
        )
        yield


def main(published: Path, release: str | None) -> dict:
    """What Superset saw of the file: tables, columns of `comparison`, the rows of a chart query, and the dashboard imported."""
    file = published / "integrering.duckdb"
    with started():
        from superset import db
        from superset.charts.schemas import ChartDataQueryContextSchema
        from superset.connectors.sqla.models import SqlaTable
        from superset.models.core import Database
        from superset.sql.parse import Table

        database = Database(database_name="integrering", sqlalchemy_uri=f"duckdb:///{file}?access_mode=read_only")
        db.session.add(database)
        db.session.commit()
        tables = database.get_all_table_names_in_schema(catalog=None, schema="marts")
        views = database.get_all_view_names_in_schema(catalog=None, schema="marts")
        columns = database.get_columns(Table("comparison", "marts"))
        dataset = SqlaTable(table_name="comparison", schema="marts", database=database)
        db.session.add(dataset)
        db.session.commit()
        dataset.fetch_metadata()
        chart = {
            "datasource": {"id": dataset.id, "type": "table"},
            "force": True,
            "queries": [
                {
                    "columns": ["year"],
                    "metrics": [
                        {
                            "expressionType": "SQL",
                            "sqlExpression": f"max({column})",
                            "label": column,
                        }
                        for column in ("municipality_value", "county_value", "country_value")
                    ],
                    "filters": [
                        {"col": "municipality_code", "op": "==", "val": "3909"},
                        {"col": "indicator_id", "op": "==", "val": "settled_persons"},
                    ],
                    "orderby": [["year", True]],
                    "row_limit": 100,
                }
            ],
            "result_format": "json",
            "result_type": "full",
        }
        context = ChartDataQueryContextSchema().load(chart)
        answer = context.get_payload()["queries"][0]
        if answer.get("error"):
            raise RuntimeError(answer["error"])
        found = {
            "version": f"{version('apache-superset')}, duckdb-engine {version('duckdb-engine')}, duckdb {version('duckdb')}",
            "tables": len(tables | views),
            "columns": len(columns),
            "rows": listed([row[name] for name in WANTED] for row in answer["data"]),
        }
        found["dashboard"] = import_dashboard(file)
        if release:
            move(published, release)
            found["fresh"] = int(database.get_df(MARK).iloc[0, 0])
        return found


if __name__ == "__main__":
    path, *following = sys.argv[1:]
    print(json.dumps(main(Path(path), following[0] if following else None), default=str))
