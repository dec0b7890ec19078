"""The chat template of a checkpoint: a conversation in, the model's own prompt text out.

A template is a program from a stranger's file. Jinja2's sandbox keeps it from files and objects, but not from
running for ever (nested loops) or from filling the memory, and a single expression (`9**(9**9)`) is enough:
no check between two statements interrupts it. So a worker process renders, with an address-space limit and a
watchdog. It lives as long as the template: a conversation pays for its start (about 0.1 s) once.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.text.errors import ChatTemplateError

DEADLINE_S = 5.0
WORKER = Path(__file__).with_name("template_worker.py")
DEFAULT, TOOL_USE = "default", "tool_use"  # the names Hugging Face gives to a checkpoint's templates


@dataclass(frozen=True)
class Message:
    """One turn. `tool_calls` are JSON objects as the model wrote them: {"name": …, "arguments": …}."""

    role: str
    content: str
    reasoning_content: str | None = None
    tool_calls: tuple[Mapping[str, Any], ...] = ()

    def as_variables(self) -> dict[str, Any]:
        """The fields a template sees; an absent one is absent, because templates test `is defined`."""
        fields: dict[str, Any] = {"role": self.role, "content": self.content}
        if self.reasoning_content is not None:
            fields["reasoning_content"] = self.reasoning_content
        if self.tool_calls:
            fields["tool_calls"] = [dict(call) for call in self.tool_calls]
        return fields


class ChatTemplate:
    """The named templates of one checkpoint, rendered by a worker process that is started on first use.

    `special_tokens` ("eos_token": "<|im_end|>", …) are visible to the template. Several threads may call it.
    """

    def __init__(
        self,
        templates: Mapping[str, str],
        special_tokens: Mapping[str, str],
        source: str,
        deadline_s: float = DEADLINE_S,
    ) -> None:
        self._templates = dict(templates)
        self._special_tokens = dict(special_tokens)
        self._source = source
        self._deadline_s = deadline_s
        self._lock = threading.Lock()
        self._worker: _Worker | None = None

    def render(
        self,
        messages: Sequence[Message],
        *,
        enable_thinking: bool | None = None,
        tools: Sequence[Mapping[str, Any]] | None = None,
        add_generation_prompt: bool = True,
    ) -> str:
        """The prompt text, as `transformers` renders it. `enable_thinking=None` leaves it to the template.

        Raises ChatTemplateError if the template raises, is malformed, or exceeds its limits.
        """
        variables: dict[str, Any] = {
            **self._special_tokens,
            "messages": [message.as_variables() for message in messages],
            "tools": None if tools is None else [dict(tool) for tool in tools],
            "documents": None,
            "add_generation_prompt": add_generation_prompt,
        }
        if enable_thinking is not None:
            variables["enable_thinking"] = enable_thinking
        template = self._choose(with_tools=tools is not None)
        return self._text_of(self._ask(template, variables))

    def close(self) -> None:
        """End the worker; the next render starts another."""
        with self._lock:
            self._end_worker()

    def _choose(self, *, with_tools: bool) -> str:
        for name in (TOOL_USE, DEFAULT) if with_tools else (DEFAULT,):
            if name in self._templates:
                return self._templates[name]
        known = ", ".join(sorted(self._templates))
        raise ChatTemplateError(self._source, f"has no variant named {DEFAULT}, only {known}")

    def _ask(self, template: str, variables: Mapping[str, Any]) -> Mapping[str, str]:
        request = {"template": template, "variables": variables, "deadline_s": self._deadline_s}
        with self._lock:
            if self._worker is None or not self._worker.alive:
                self._end_worker()
                self._worker = _Worker(self._source)
            started = time.monotonic()
            reply = self._worker.ask(request)
            elapsed_s = time.monotonic() - started
            if reply is not None:
                return reply
            self._end_worker()  # its pipe is closed, but it may still count as alive
        if elapsed_s >= self._deadline_s:
            return {"failed": f"was stopped after {self._deadline_s:g} seconds"}
        return {"failed": "brought down the process that renders it"}

    def _text_of(self, reply: Mapping[str, str]) -> str:
        if "raised" in reply:
            raise ChatTemplateError(self._source, f"refuses this conversation: {reply['raised']}")
        if "failed" in reply:
            raise ChatTemplateError(self._source, reply["failed"])
        return reply["text"]

    def _end_worker(self) -> None:
        if self._worker is not None:
            self._worker.end()
            self._worker = None


class _Worker:
    """The process of template_worker.py; ends with this object, and by itself when this process dies."""

    def __init__(self, source: str) -> None:
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", str(WORKER)],  # -P: import nothing from beside the script
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="ascii",
                start_new_session=True,  # Ctrl-C in a terminal is not meant for it
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise ChatTemplateError(source, f"has no process to run in: {error}") from error
        self.end = weakref.finalize(self, _end_process, self._process)

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, request: Mapping[str, Any]) -> dict[str, str] | None:
        """The worker's reply, or None if it died."""
        if self._process.stdin is None or self._process.stdout is None:
            return None
        with suppress(BrokenPipeError):  # a dead worker's reply is an empty line
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        line = self._process.stdout.readline()
        reply: dict[str, str] | None = json.loads(line) if line.endswith("\n") else None
        return reply


def _end_process(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(BrokenPipeError):  # closing flushes what a dead worker did not read
                pipe.close()
