# make run      open the window                          (ARGS="…" is passed on: make run ARGS="chat demo")
# make test     everything a change must pass
# make lint     its quick half: style, types, import directions
# make bench    the speeds in README.md
# make charts   the charts of them
# make screenshots   the pictures in README.md
# make golden   write tests/golden again with torch and transformers, in an environment of their own
#
# The first call prepares this checkout (.ci/setup): system libraries on Debian and Ubuntu, and .venv.

.PHONY: run test lint bench charts screenshots golden
.DEFAULT_GOAL := run
bin := .venv/bin

run: .venv/ready
	$(bin)/quantscope $(ARGS)

test: lint
	QT_QPA_PLATFORM=offscreen $(bin)/pytest -n 2 --dist loadfile --durations=15

lint: .venv/ready
	$(bin)/ruff check .
	$(bin)/ruff format --check .
	$(bin)/mypy
	$(bin)/lint-imports

bench: .venv/ready
	$(bin)/quantscope bench demo --kernels
	$(bin)/quantscope bench --synthetic qwen3-0.6b --kernels

charts: .venv/ready
	folder=$$(mktemp -d); \
	for shape in 0.6b 1.7b 4b 8b; do \
		$(bin)/quantscope bench --synthetic qwen3-$$shape --prompt-tokens 64 --new-tokens 16 \
			--contexts 1 1k 4k 16k --json > $$folder/$$shape.json || exit 1; \
	done; \
	$(bin)/python -m tests.app.speed_charts assets/charts $$folder/*.json

screenshots: .venv/ready
	$(bin)/python -m tests.app.screenshot assets/screenshots

golden: .venv-golden/ready
	for script in tests/golden/*/generate.py; do \
		.venv-golden/bin/python -m "$$(dirname $$script | tr / .).generate" || exit 1; \
	done

.venv/ready: pyproject.toml .ci/setup
	.ci/setup .venv dev

.venv-golden/ready: pyproject.toml .ci/setup
	.ci/setup .venv-golden golden
