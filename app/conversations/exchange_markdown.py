"""One branch of a conversation as Markdown that people can read, and that comes back as it was.

Comments tell the turns apart; the word in them occurs in no text of it, as the boundary in a mail does not.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.attachments import Attachment
from app.conversations.records import Conversation, ExchangeError, Message, title_of

_HEADER = re.compile(r"<!-- quantscope conversation 1 boundary (?P<boundary>q[0-9a-f]{12}) -->\n")
_PART = "<!-- {boundary} {kind} -->\n{heading}\n\n"
_END = "\n\n"
_KINDS = "system|user|attached|assistant|thoughts|answer|end"


def to_markdown(conversation: Conversation, path: Sequence[Message]) -> str:
    """A document that `from_markdown` reads."""
    parts = list(_parts(conversation, path))
    boundary = _boundary([text for _, _, text in parts])
    body = "".join(
        _PART.format(boundary=boundary, kind=kind, heading=heading) + text + _END
        for kind, heading, text in parts
    )
    title = conversation.title or title_of("")
    header = f"# {title}\n\n<!-- quantscope conversation 1 boundary {boundary} -->\n\n"
    return f"{header}{body}<!-- {boundary} end -->\n"


def from_markdown(text: str) -> tuple[Conversation, tuple[Message, ...]]:
    """The conversation in a document. Raises ExchangeError for any other text."""
    header = _HEADER.search(text)
    if header is None:
        raise ExchangeError("it is no conversation exported by Quantscope")
    boundary = header["boundary"]
    pieces = re.split(rf"<!-- {boundary} ({_KINDS})(?: (\S*))? -->\n", text[header.end() :])
    if len(pieces) < 4 or pieces[-3] != "end":
        raise ExchangeError("its end is missing")
    reader = _Reader()
    for kind, _, body in zip(pieces[1:-3:3], pieces[2:-3:3], pieces[3:-3:3], strict=True):
        reader.read(kind, *_heading_and_text(body))
    title = text.partition("\n")[0].removeprefix("# ").strip()
    leaf = len(reader.messages) or None
    talk = Conversation(1, title=title, system_prompt=reader.system_prompt, leaf=leaf)
    return talk, tuple(reader.messages)


def _parts(conversation: Conversation, path: Sequence[Message]) -> Iterator[tuple[str, str, str]]:
    """Kind, heading and text of every part, in order."""
    if conversation.system_prompt:
        yield "system", "## System prompt", conversation.system_prompt
    for message in path:
        if message.role == "user":
            yield "user", "## You", message.text
            for attached in message.attachments:
                yield "attached", f"### {_one_line(attached.name)}", attached.text
            continue
        origin = " · ".join(part for part in (message.model, message.scheme) if part)
        yield "assistant", f"## Answer ({_one_line(origin)})" if origin else "## Answer", ""
        if message.reasoning:
            yield "thoughts", "### Thoughts", message.reasoning
        yield "answer", "### Reply" if message.reasoning else "", message.text


def _boundary(texts: Sequence[str]) -> str:
    joined = "\n".join(texts)
    boundary = "q" + hashlib.sha256(joined.encode("utf-8", "replace")).hexdigest()[:12]
    while boundary in joined:
        boundary = "q" + hashlib.sha256(boundary.encode()).hexdigest()[:12]
    return boundary


def _heading_and_text(body: str) -> tuple[str, str]:
    heading, separator, text = body.partition("\n\n")
    if not separator or not text.endswith(_END):
        raise ExchangeError("a turn of it is not whole")
    return heading, text.removesuffix(_END)


def _one_line(text: str) -> str:
    return " ".join(text.split())


class _Reader:
    """Builds messages from parts; each answers the one before it."""

    def __init__(self) -> None:
        self.system_prompt = ""
        self.messages: list[Message] = []

    def read(self, kind: str, heading: str, text: str) -> None:
        if kind == "system":
            self.system_prompt = text
        elif kind == "user":
            self._add(Message(0, 1, None, "user", text))
        elif kind == "assistant":
            origin = re.fullmatch(r"## Answer(?: \((.*)\))?", heading)
            model, _, scheme = (origin[1] or "" if origin else "").partition(" · ")
            self._add(Message(0, 1, None, "assistant", model=model, scheme=scheme))
        elif not self.messages:
            raise ExchangeError("it begins in the middle of a turn")
        elif kind == "attached":
            attached = Attachment(heading.removeprefix("### "), text)
            self._change(attachments=(*self.messages[-1].attachments, attached))
        else:
            self._change(**{"reasoning" if kind == "thoughts" else "text": text})

    def _add(self, message: Message) -> None:
        place = len(self.messages) + 1
        self.messages.append(replace(message, id=place, parent=place - 1 or None, created_ms=place))

    def _change(self, **fields: object) -> None:
        self.messages[-1] = replace(self.messages[-1], **fields)  # type: ignore[arg-type]
