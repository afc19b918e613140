# `make demo` runs the main job, `make test` passes the tests. Both make the environment first.
PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3; do \
  $$name -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null \
  && echo $$name && break; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test test-all bench docs help-pages goldens zoo browser explorer-pictures format clean

demo: $(READY)
	$(BIN)/lossproof demo

test: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/sphinx-build -q -W --keep-going -b html docs docs/_build/html
	$(BIN)/pytest

# With the tests that take minutes each: pages in a browser, the demo, the zoo.
test-all: $(READY) browser
	LOSSPROOF_SLOW=1 $(BIN)/pytest

bench: $(READY)
	$(BIN)/python -m benchmarks

docs: $(READY)
	$(BIN)/sphinx-build -W --keep-going -b html docs docs/_build/html

# The pages of docs/ that are made from the program itself.
help-pages: $(READY)
	$(BIN)/python docs/make_help_pages.py

# The golden files of the tests, made anew.
goldens: $(READY)
	$(BIN)/python tests/codecs/test_codec_golden.py
	$(BIN)/python -m tests.tinytown.test_golden

# The networks that come with lossproof, trained anew; docs/zoo.md says how long it takes.
# Depth learns from ten times as many stills as the others, action from twice as many clips.
zoo: $(READY)
	$(BIN)/lossproof data make tinytown --size 1600 --out zoo-data
	$(BIN)/lossproof data make tinytown --size 16000 --only stills --out zoo-data-stills
	$(BIN)/lossproof data make tinytown --size 3200 --only clips --out zoo-data-clips
	$(BIN)/lossproof study studies/zoo/faster_rcnn_mobilenet_v3.py --data tinytown:zoo-data \
	  --store zoo-store
	for name in segnet openpose; do \
	  $(BIN)/lossproof study studies/zoo/$$name.py --data tinytown:zoo-data --store zoo-store \
	    --precision bf16 || exit; \
	done
	$(BIN)/lossproof study studies/zoo/depth_gan.py --data tinytown:zoo-data-stills \
	  --store zoo-store
	$(BIN)/lossproof study studies/zoo/two_stream.py --data tinytown:zoo-data-clips \
	  --store zoo-store --precision bf16
	$(BIN)/python docs/make_zoo.py zoo-store

# The browser that tests of pages need: the system's where there is one.
browser: $(READY)
	@command -v chromium chromium-browser google-chrome chrome || $(BIN)/playwright install chromium

# The pictures of the explorer in docs/, taken anew.
explorer-pictures: $(READY)
	$(BIN)/python docs/make_explorer_pictures.py

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) docs/_build demo

$(READY): pyproject.toml
	@test -n "$(PYTHON)" || { \
	  echo "lossproof needs Python 3.11 to 3.13; name yours: make PYTHON=/path/to/python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $(READY)
