"""What a stranger's template may do; what a good one renders is pinned in test_golden.py."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.text import ChatTemplateError, Message, chat_template
from app.text.chat_template import ChatTemplate
from tests.patience import PATIENCE_S

QUESTION = [Message("user", "Why?")]
LOOP, END = "{% for i in range(99999) %}", "{% endfor %}"
FOR_EVER = LOOP * 3 + END * 3


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[str]]:
    """Every process started during the test."""
    started: list[subprocess.Popen[str]] = []

    class Recorded(subprocess.Popen[str]):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Recorded)
    return started


@pytest.fixture
def pair() -> Iterator[ChatTemplate]:
    """Two templates: the default one names a tool-less prompt, the other lists tool names."""
    templates = {
        "default": "{{ messages[0].content }}",
        "tool_use": "{% for t in tools %}{{ t.name }}{% endfor %}",
    }
    with closing(ChatTemplate(templates, {"eos_token": "<end>"}, "model")) as template:
        yield template


def rendering(source: str, deadline_s: float = 60.0, **options: Any) -> str:
    with closing(
        ChatTemplate({"default": source}, {"eos_token": "<end>"}, "the/model", deadline_s)
    ) as template:
        return template.render(QUESTION, **options)


def failure(source: str, deadline_s: float = 60.0) -> str:
    with pytest.raises(ChatTemplateError) as caught:
        rendering(source, deadline_s)
    assert caught.value.source == "the/model"
    return str(caught.value)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ eos_token }}{{ bos_token }}", "<end>"),
        (
            "{{ enable_thinking is defined }}, {{ documents is none }}, {{ tools is none }}",
            "False, True, True",
        ),
        ("{{ messages[0].reasoning_content is defined }}", "False"),
        ("a{% generation %}{% set x = 1 %}b{{ x }}{% endgeneration %}c{{ x }}", "ab1c"),
        (
            "{% for i in range(9) %}{% if i == 1 %}{% continue %}{% endif %}{{ i }}{% break %}{% endfor %}",
            "0",
        ),
        ("  {% if true %}\n  x\n  {% endif %}\ny", "  x\ny"),
        ("{{ {'b': '<ä>', 'a': [1, none]} | tojson }}", '{"b": "<ä>", "a": [1, null]}'),
        ("{{ {'b': 'ä', 'a': 1} | tojson(true, 1, [',', ':'], true) }}", '{\n "a":1,\n "b":"\\u00e4"\n}'),
        ("{{ strftime_now('%%') }}{{ strftime_now('%Y') | length }}", "%4"),
        ("\ud83d{{ '\\x00' }}", "\ud83d\x00"),
    ],
)
def test_what_templates_rely_on(source: str, text: str) -> None:
    assert rendering(source) == text


def test_options_reach_the_template() -> None:
    source = "{{ enable_thinking }} {{ add_generation_prompt }} {{ tools[0].name }}"
    options: dict[str, Any] = {
        "enable_thinking": False,
        "add_generation_prompt": False,
        "tools": [{"name": "clock"}],
    }
    assert rendering(source, **options) == "False False clock"


def test_tools_choose_the_template_for_tools(pair: ChatTemplate) -> None:
    assert pair.render(QUESTION) == "Why?"
    assert pair.render(QUESTION, tools=[{"name": "clock"}]) == "clock"


def test_without_a_default_the_known_names_are_told() -> None:
    with pytest.raises(ChatTemplateError, match="model has no variant named default, only rag, tool_use"):
        ChatTemplate({"tool_use": "", "rag": ""}, {}, "model").render(QUESTION)


def test_the_template_says_why_it_refuses() -> None:
    sentence = failure("{{ raise_exception('Roles must\\n alternate: ' ~ messages[0].role) }}")
    assert sentence == "The chat template of the/model refuses this conversation: Roles must alternate: user."


def test_a_page_of_complaint_is_cut() -> None:
    assert len(failure("{{ raise_exception('no ' * 9999) }}")) < 400


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("\n\n{% if %}", "is malformed in line 3: Expected an expression"),
        ("{% fly %}", "is malformed in line 1: Encountered unknown tag 'fly'"),
        ("{{ nothing.at.all }}", "failed with UndefinedError: 'nothing' is undefined"),
        ("{{ 1 // 0 }}", "failed with ZeroDivisionError"),
        ("{% include 'secret' %}", "failed with TypeError"),
        ("{{ ''.__class__.__mro__ }}", "failed with SecurityError"),
        ("{{ messages.append(1) }}", "failed with SecurityError"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "calls itself without end"),
        ("{{ range(10**9) | list }}", "failed with OverflowError"),
        ("{{ 'a' * 10**10 }}", "was stopped when it needed more than 512 MiB"),
        (
            "{% for i in range(5000) %}{{ 'a' * 1000 }}{% endfor %}",
            "was stopped after writing 4,194,304 characters",
        ),
    ],
)
def test_what_a_template_may_not_do(source: str, problem: str) -> None:
    assert failure(source).startswith(f"The chat template of the/model {problem}")


@pytest.mark.parametrize("source", ["{{ 9**(9**9) }}", FOR_EVER])
def test_a_template_that_never_ends_is_stopped(source: str) -> None:
    assert failure(source, deadline_s=0.3) == "The chat template of the/model was stopped after 0.3 seconds."


def test_a_stopped_template_can_be_used_again() -> None:
    source = (
        "{% set n = messages | length %}{% if n == 1 %}fine{% else %}{{ (n + 7) ** (9 ** 9) }}{% endif %}"
    )
    with closing(ChatTemplate({"default": source}, {}, "model", deadline_s=0.3)) as template:
        with pytest.raises(ChatTemplateError, match=r"was stopped after 0\.3 seconds"):
            template.render(QUESTION * 2)
        template._deadline_s = PATIENCE_S
        assert template.render(QUESTION) == "fine"


def test_a_conversation_pays_for_one_process(
    pair: ChatTemplate, processes: list[subprocess.Popen[str]]
) -> None:
    with ThreadPoolExecutor(4) as pool:
        texts = list(pool.map(lambda i: pair.render([Message("user", str(i))]), range(40)))
    assert texts == [str(i) for i in range(40)]
    assert len(processes) == 1


def test_a_process_killed_meanwhile_is_replaced(
    pair: ChatTemplate, processes: list[subprocess.Popen[str]]
) -> None:
    pair.render(QUESTION)
    processes[0].kill()
    processes[0].wait()
    assert pair.render(QUESTION) == "Why?"
    assert len(processes) == 2


def test_no_process_outlives_its_template(processes: list[subprocess.Popen[str]]) -> None:
    for leave in (ChatTemplate.close, lambda _: None):
        template = ChatTemplate({"default": ""}, {}, "model")
        template.render(QUESTION)
        leave(template)
        del template
    gc.collect()
    assert [process.poll() is None for process in processes] == [False, False]


def test_a_process_that_dies_is_a_stated_failure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "dies.py").write_text("raise SystemExit")
    monkeypatch.setattr(chat_template, "WORKER", tmp_path / "dies.py")
    assert "brought down the process that renders it" in failure("")


def test_no_process_is_a_stated_failure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    assert "has no process to run in" in failure("")
