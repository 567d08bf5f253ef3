# make demo   a fresh machine to a trained model that writes   (Python 3.11 or newer is all it needs)
# make test   the whole test suite
# make lint   ruff and mypy
# make docs   the page of the cells, from their docstrings and code
# make clean  remove the environment and what tools left behind; never a run
#
# make demo TORCH_INDEX=https://download.pytorch.org/whl/cpu   for the small torch, without GPU code

PYTHON ?= python3
VENV ?= .venv
RUN ?= runs/demo
TORCH_INDEX ?=

BIN = $(abspath $(VENV))/bin
PIP_INSTALL = $(BIN)/python -m pip install --constraint constraints.txt

.PHONY: demo test lint docs clean

demo: $(VENV)/.installed
	$(BIN)/seqkit train-lm --out $(RUN) --force
	$(BIN)/seqkit sample $(RUN) --num 5 --novelty

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest

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
