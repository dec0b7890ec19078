"""The worker's half of the protocol, without a process."""

from __future__ import annotations

import json
import subprocess
import sys

from app.text import template_worker
from app.text.chat_template import WORKER


def served(*requests: dict[str, object]) -> list[dict[str, str]]:
    lines = iter([*(json.dumps(request) for request in requests), ""])
    replies: list[str] = []
    template_worker.serve(lambda: next(lines), replies.append)
    assert all(reply.endswith("\n") and reply.count("\n") == 1 for reply in replies)
    return [json.loads(reply) for reply in replies]


def test_each_line_gets_one_reply_until_the_pipe_closes() -> None:
    common = {"variables": {"name": "ä\n😀"}, "deadline_s": 60.0}
    replies = served(
        {"template": "{{ name }}", **common},
        {"template": "{{ raise_exception(name) }}", **common},
        {"template": "{{ name", **common},
    )
    assert replies[:2] == [{"text": "ä\n😀"}, {"raised": "ä\n😀"}]
    assert replies[2]["failed"].startswith("is malformed in line 1")


def test_a_template_is_compiled_once() -> None:
    assert template_worker.compile_template("{{ 1 }}") is template_worker.compile_template("{{ 1 }}")


def test_it_imports_only_jinja2() -> None:
    """Rendering starts this file as a process: another import would cost every first prompt."""
    code = f"import runpy, sys; runpy.run_path({str(WORKER)!r}); print(*sys.modules)"
    modules = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "jinja2" in modules
    assert not {"numpy", "tokenizers", "PySide6", "app", "gpu"} & set(modules)
