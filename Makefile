# `make demo` and `make test` set up what they need; both can be run again at any time.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup demo test lint docs progress language speedrun web fuzz faults wheel

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=24"
	$(BIN)/python -m pip install --quiet --editable ".[dev]"
	touch $@

demo: setup
	$(BIN)/computeest estimate --explain examples/gpt3.yaml examples/resnet-50.yaml examples/llama2-70b.yaml

test: setup
	$(BIN)/python -m pytest -n 2

lint: setup
	mkdir -p build/types && ln -sfn ../../plugins build/types/computeest_plugins
	$(BIN)/ruff check .
	$(BIN)/mypy

# Every page, table, count and picture of the documentation that the code knows, and the site in build/site.
docs: setup
	$(BIN)/python docs/write.py
	$(BIN)/python docs/pictures.py
	$(BIN)/python -m mkdocs build --quiet

# The calculator in the browser, on this machine alone: http://127.0.0.1:8765/
web: setup
	$(BIN)/computeest serve

# Facts on ImageNet models to records, records to the rates at which algorithms improve.
progress: setup
	mkdir -p build
	$(BIN)/computeest annotate examples/imagenet/models.csv -o build/imagenet.csv
	$(BIN)/computeest progress fit build/imagenet.csv --centre 2012,4.7e17,1e6 --seed 0

# Evaluations of language models to the rate at which their algorithms improve: every minimum, and what to doubt.
language: setup
	mkdir -p build
	$(BIN)/computeest progress fit examples/language/evaluations.csv --model loss --preset ho-2024 --group transformer
	$(BIN)/computeest progress plot records examples/language/evaluations.csv --model loss --preset ho-2024 -o build/language.svg
	$(BIN)/computeest progress plot modes examples/language/evaluations.csv --model loss --preset ho-2024 -o build/language-minima.svg

# Records of time to one loss to how fast it falls, and what of it was hardware.
speedrun: setup
	mkdir -p build
	$(BIN)/computeest progress efficiency examples/speedrun/nanogpt.csv --compute minutes
	$(BIN)/computeest progress split examples/speedrun/nanogpt.csv
	$(BIN)/computeest progress plot efficiency examples/speedrun/nanogpt.csv --compute minutes -o build/speedrun.svg

# Inputs made to break it, on all cores for so long: make fuzz MINUTES=10
MINUTES ?= 10
fuzz: setup
	$(BIN)/python -m tests.fuzz $(MINUTES) -o build/fuzz

# 200 runs that are killed, hindered and resumed: byte-identical in the end, and nothing left behind.
faults: setup
	$(BIN)/python benchmarks/faults.py

# The same commit gives the same bytes.
wheel: setup
	rm -rf dist build/lib build/bdist.*
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(BIN)/python -m build --wheel --outdir dist .
