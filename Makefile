# Integrering: `make run` sets up and runs the main job on the real figures that ship; `make demo` on invented ones, for every
# group; `make test` sets up and runs the tests.
# The newest Python on the path that the project runs on; `make PYTHON=... test` names another.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' >/dev/null 2>&1 && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
AUDIT := .venv-audit
INSTALLED := $(VENV)/.installed
# runs and tests start many processes: with this set, each would compile every module again
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run demo test lint dev bench endurance fuzz readers spark sbom audit clean setup lock

run: $(INSTALLED)
	$(BIN)/integrering run

# In a data folder of its own, so that invented figures never stand where real ones are published.
demo: $(INSTALLED)
	INTEGRERING_DATA_DIR=$(CURDIR)/warehouse/data-demo $(BIN)/integrering run --source demo

test: $(INSTALLED)
	$(BIN)/python -m pytest -n 2 --dist loadgroup --no-loadscope-reorder

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/sqlfluff lint dbt_project/models dbt_project/tests --disable-progress-bar

dev: $(INSTALLED)
	$(BIN)/integrering dev

# The real tools on the published path, each in an environment of its own.
readers: $(INSTALLED)
	test -e warehouse/data/published || $(BIN)/integrering run
	$(BIN)/python -m bench.readers

# The same models on Spark (needs Java 17), in an environment of their own; the last build of `make run` is the other side.
spark: $(INSTALLED) .venv-spark/.installed
	test -e warehouse/data/build/build.duckdb || $(BIN)/integrering run
	.venv-spark/bin/python -m orchestration.build.spark

.venv-spark/.installed: requirements/spark.txt pyproject.toml
	test -x .venv-spark/bin/python || $(PYTHON) -m venv .venv-spark
	.venv-spark/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/spark.txt
	.venv-spark/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch .venv-spark/.installed

fuzz: $(INSTALLED)
	$(BIN)/python -m bench.fuzz_files

# Hours at full size; `make endurance SIZE="--kills 20 --opens 1000 --releases 20 --mutations 500"` for a taste.
endurance: $(INSTALLED)
	$(BIN)/python -m bench.endurance $(SIZE)

bench: $(INSTALLED)
	$(BIN)/python -m bench

setup: $(INSTALLED)

# Everything pinned with hashes; --no-deps because the lock names every package and pip stumbles over an extra without it.
$(INSTALLED): requirements/dev.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "expected Python 3.11, 3.12 or 3.13 on the path, found none: install one, or name it: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)"; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(INSTALLED)

# What is installed and under which terms: an SBOM (CycloneDX) of the pinned packages with their hashes, and the licence list.
sbom: $(INSTALLED) $(AUDIT)/.installed
	mkdir -p dist
	$(AUDIT)/bin/cyclonedx-py requirements requirements/run.txt --pyproject pyproject.toml --short-PURLs --output-reproducible --sv 1.6 --of JSON -o dist/sbom.cdx.json
	{ printf '<!-- Written by `make sbom`; do not edit. -->\n\n# Licences of the installed packages\n\n'; \
	  $(AUDIT)/bin/pip-licenses --python $(BIN)/python --from mixed --with-system --format markdown --order name \
	    --packages $$(sed -n 's/^\([A-Za-z0-9._-]*\)==.*/\1/p' requirements/run.txt); } > docs/licences.md

# Known vulnerabilities of the pinned packages; asks the package index or OSV, so it needs the network.
audit: $(AUDIT)/.installed
	$(AUDIT)/bin/pip-audit --require-hashes --disable-pip --strict -r requirements/run.txt

$(AUDIT)/.installed: requirements/audit.txt
	test -x $(AUDIT)/bin/python || $(PYTHON) -m venv $(AUDIT)
	$(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/audit.txt
	touch $(AUDIT)/.installed

# Resolve anew from pyproject.toml (needs uv); writes no host names. What is run is what was tested: dev.txt is run.txt and more, and
# spark.txt dev.txt and more, so that a pin stands once.
COMPILE = uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate -p 3.11
BEYOND = f() { awk -v base="$$2" 'NR == FNR { seen[$$1]; next } FNR == 1 { print "-r " base } /^[^ ]/ { is_new = !($$1 in seen) } is_new' \
	requirements/$$2 requirements/$$1 > requirements/$$1.new && mv requirements/$$1.new requirements/$$1; }; f
lock:
	$(COMPILE) --extra dev pyproject.toml -o requirements/dev.txt
	$(COMPILE) pyproject.toml -c requirements/dev.txt -o requirements/run.txt
	$(COMPILE) requirements/audit.in -o requirements/audit.txt
	$(COMPILE) --extra dev --extra spark pyproject.toml -c requirements/dev.txt -o requirements/spark.txt
	$(BEYOND) spark.txt dev.txt
	$(BEYOND) dev.txt run.txt

clean:
	rm -rf $(VENV) $(AUDIT) dist .venv-spark .venv-readers warehouse/data warehouse/data-demo dbt_project/target dbt_project/logs *.egg-info .pytest_cache .ruff_cache .hypothesis
