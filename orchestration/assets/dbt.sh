#!/bin/sh
# The dbt installed beside the interpreter that calls (INTEGRERING_PYTHON). Its version is told from what is installed:
# `dbt --version` imports all of dbt and asks the package index for a newer one, at every build and where there is no network too.
if [ "$1" = "--version" ]; then
    exec "$INTEGRERING_PYTHON" -c 'from importlib.metadata import version; print(version("dbt-core"))'
fi
exec "$INTEGRERING_PYTHON" -m dbt.cli.main "$@"
