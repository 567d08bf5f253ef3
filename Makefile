# make demo   a fresh machine to a trained model that writes   (Python 3.11 or newer is all it needs)
# make test   the whole test suite
# make faults kills, full disks, damaged files and more at length; a table of what was lost (some 20 minutes)
# make lint   ruff and mypy
# make docs   the pages that follow from the code: cells, commands, the picture of the architecture
# make fuzz   a million damaged and hostile inputs to every reader; INPUTS=50000 for fewer
# make clean  remove the environment and what tools left behind; never a run
#
# make demo TORCH_INDEX=https://download.pytorch.org/whl/cpu   for the small torch, without GPU code

PYTHON ?= python3
VENV ?= .venv
RUN ?= runs/demo
INPUTS ?= 1000000
TORCH_INDEX ?=

BIN = $(abspath $(VENV))/bin
PIP_INSTALL = $(BIN)/python -m pip install --constraint constraints.txt

.PHONY: demo test faults fuzz lint docs clean

demo: $(VENV)/.installed
	$(BIN)/seqkit train-lm --out $(RUN) --force
	$(BIN)/seqkit sample $(RUN) --num 5 --novelty

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest

faults: $(VENV)/.installed-dev
	$(BIN)/python -m tests.faults

# mypy does not know that cli/ and corpora/ are parts of the package, so it gets a copy laid out as installed.
lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	rm -rf build/check
	mkdir -p build/check
	cp -Rp seqkit build/check/
	cp -Rp cli corpora build/check/seqkit/
	cd build/check && $(BIN)/mypy --config-file ../../pyproject.toml --cache-dir ../../.mypy_cache -p seqkit

docs: $(VENV)/.installed-dev
	$(BIN)/python docs/generate.py

fuzz: $(VENV)/.installed-dev
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.fuzz --inputs $(INPUTS)

clean:
	rm -rf .venv build dist seqkit.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis

# The stamps make an environment once, and bring it up to date when the requirements change.
$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(if $(TORCH_INDEX),$(PIP_INSTALL) --no-deps --index-url $(TORCH_INDEX) torch)
	$(PIP_INSTALL) --editable .
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(PIP_INSTALL) --editable ".[dev]"
	touch $@
