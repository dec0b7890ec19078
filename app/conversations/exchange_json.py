"""Conversations as JSON: every branch, everything but the tokens kept with answers.

{"format": "quantscope-conversations", "version": 1, "conversations": [{…, "messages": [{…}, …]}, …]}
One message a line; nothing is held of what has been written.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, fields
from typing import Any, get_args

from app.attachments import Attachment
from app.conversations.json_stream import Tick, loads
from app.conversations.records import (
    Conversation,
    ExchangeError,
    Message,
    MessageState,
    Policy,
    Role,
)
from gpu.errors import RequestError
from gpu.sampling import Sampling

FORMAT, VERSION = "quantscope-conversations", 1
Talk = tuple[Conversation, tuple[Message, ...]]
_LARGEST = 2**53
_LEFT_OUT = ("conversation", "deleted_ms")
_OF_CONVERSATION: dict[str, tuple[type, ...]] = {
    "title": (str,),
    "created_ms": (int,),
    "changed_ms": (int,),
    "pinned": (bool,),
    "system_prompt": (str,),
    "model": (str,),
    "scheme": (str,),
    "max_new_tokens": (int, type(None)),
    "thinking": (bool,),
    "when_full": (str,),
    "leaf": (int, type(None)),
}
_OF_MESSAGE: dict[str, tuple[type, ...]] = {
    "id": (int,),
    "parent": (int, type(None)),
    "role": (str,),
    "text": (str,),
    "reasoning": (str,),
    "reasoning_ms": (int, type(None)),
    "state": (str,),
    "error": (str,),
    "note": (str,),
    "model": (str,),
    "scheme": (str,),
    "thinking": (bool, type(None)),
    "created_ms": (int,),
}
_OF_ATTACHMENT: dict[str, tuple[type, ...]] = {"name": (str,), "text": (str,)}
_CHOICES = {"when_full": get_args(Policy), "role": get_args(Role), "state": get_args(MessageState)}


def to_json(talks: Iterable[Talk]) -> Iterator[str]:
    """The parts of a document that `from_json` reads."""
    yield f'{{"format": "{FORMAT}", "version": {VERSION}, "conversations": ['
    before = "\n"
    for talk, messages in talks:
        yield f'{before}{_line(_fields(talk)).removesuffix("}")}, "messages": ['
        before = ""
        for message in messages:
            yield f"{before}\n{_line(_fields(message))}"
            before = ","
        yield "\n]}"
        before = ",\n"
    yield "\n]}\n"


def from_json(text: str, tick: Tick = lambda _: None) -> tuple[Talk, ...]:
    """The conversations in a document, with the ids they have there. Raises ExchangeError."""
    try:
        document = loads(text, tick)
    except (ValueError, RecursionError) as error:
        raise ExchangeError("it is no JSON") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ExchangeError("it is no export of Quantscope's conversations")
    if document.get("version") != VERSION:
        raise ExchangeError(
            f"it is of version {_line(document.get('version'))[:20]}, and this program reads {VERSION}"
        )
    found = _list(document, "conversations")
    if not found:
        raise ExchangeError("there is no conversation in it")
    return tuple(_talk(fields_, place) for place, fields_ in enumerate(found, 1))


def is_sound(record: Conversation | Message) -> bool:
    """Whether every field is of its kind."""
    kinds = _OF_MESSAGE if isinstance(record, Message) else _OF_CONVERSATION
    return all(_is_right(name, getattr(record, name), kind) for name, kind in kinds.items())


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _fields(record: Conversation | Message) -> dict[str, Any]:
    return {name: value for name, value in asdict(record).items() if name not in _LEFT_OUT}


def _talk(document: Any, place: int) -> Talk:
    where = f"conversation {place}"
    talk = Conversation(
        id=place, sampling=_sampling(document, where), **_values(document, _OF_CONVERSATION, where)
    )
    found = enumerate(_list(document, "messages", where), 1)
    messages = tuple(_message(one, place, f"message {number} of {where}") for number, one in found)
    if len({message.id for message in messages}) < len(messages):
        raise ExchangeError(f"two messages of {where} have the same id")
    return talk, messages


def _message(document: Any, conversation: int, where: str) -> Message:
    values = _values(document, _OF_MESSAGE, where, ("id", "role"))
    if values.get("state") == "streaming":
        values["state"] = "interrupted"  # it was exported while it was being written
    return Message(
        conversation=conversation,
        parent=values.pop("parent", None),
        sampling=_sampling(document, where),
        attachments=tuple(
            Attachment(**_values(one, _OF_ATTACHMENT, where, tuple(_OF_ATTACHMENT)))
            for one in _list(document, "attachments", where)
        ),
        **values,
    )


def _values(
    document: Any, kinds: Mapping[str, tuple[type, ...]], where: str, needed: tuple[str, ...] = ()
) -> dict[str, Any]:
    """The fields that are there, each of its kind; others are of a later version and left out."""
    if not isinstance(document, dict):
        raise ExchangeError(f"{where} is no JSON object")
    if missing := [name for name in needed if name not in document]:
        raise ExchangeError(f"{where} has no {missing[0]}")
    found = {name: document[name] for name in kinds if name in document}
    for name, value in found.items():
        if not _is_right(name, value, kinds[name]):
            raise ExchangeError(f"{name} of {where} cannot be {json.dumps(value)[:40]}")
    return found


def _is_right(name: str, value: Any, kinds: tuple[type, ...]) -> bool:
    if name in _CHOICES:
        return value in _CHOICES[name]
    if isinstance(value, bool):  # which Python takes for an int
        return bool in kinds
    return isinstance(value, kinds) and not (isinstance(value, int) and not 0 <= value <= _LARGEST)


def _sampling(document: Any, where: str) -> Sampling | None:
    values = document.get("sampling") if isinstance(document, dict) else None
    if values is None:
        return None
    try:
        return Sampling(
            **{field.name: values[field.name] for field in fields(Sampling) if field.name in values}
        )
    except (TypeError, RequestError) as error:
        raise ExchangeError(f"the sampling of {where} makes no sense") from error


def _list(document: Any, name: str, where: str = "it") -> list[Any]:
    values = document.get(name, []) if isinstance(document, dict) else []
    if not isinstance(values, list):
        raise ExchangeError(f"{name} of {where} is no list")
    return values
