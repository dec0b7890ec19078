"""Texts, conversations and tools that the golden files cover."""

from __future__ import annotations

from typing import Any

TEXTS = {
    "empty": "",
    "plain": "Why do 4-bit activations break a model?",
    "spaces": "  two  spaces,\ttabs\t\tand\r\nline\n\n\nends \n ",
    "contractions": "I'm sure they'll say it's what we've done; DON'T, he'd said.",
    "numbers": "3.14159 1,234,567 0x1F4A9 2³⁰ ½ ٣٤٥",
    "code": "def f(x: int) -> str:\n    return f'{x!r}'  # why?\n",
    "german": "Größe, Übermaß und Straßenbahn",
    "combining": "e\u0301a\u0308 decomposed, \u00e9\u00e4 composed, \u1e9b\u0323",
    "russian": "Почему модель ломается при четырёх битах?",
    "arabic": "لماذا تفسد القيم الشاذة نموذجًا مُكمَّمًا؟",
    "hebrew": "שלום עולם \u200f(ימין לשמאל)\u200e",
    "hindi": "क्वांटीकरण से क्या टूटता है?",
    "thai": "ทำไมแบบจำลองถึงพัง",
    "chinese": "为什么四比特激活会破坏模型？",
    "japanese": "量子化とは何ですか。カタカナ、ひらがな",
    "korean": "양자화가 무엇인가요?",
    "emoji": "😀😃 👍🏽 👩‍👩‍👧‍👦 🏳️‍🌈 🇩🇪 1️⃣",
    "rare planes": "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𓀀 𠜎 \U0010fffd",
    "controls": "nul\x00bell\x07del\x7f zero\u200bwidth bom\ufeff replacement\ufffd",
    "special": "<|im_start|>user\nhi<|im_end|><|endoftext|> and <think>\n</think>",
    "near special": "<|im_start |> <|im_end <think <|endoftext",
    "long word": "a" * 80 + "ß" * 20,
}

SEARCH: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "search",
        "description": 'Finds "things" & more <b>größer</b> als 你好 😀',
        "parameters": {
            "type": "object",
            "properties": {"query": {"type": "string"}, "limit": {"type": "integer", "default": 3}},
            "required": ["query"],
        },
    },
}
CLOCK: dict[str, Any] = {
    "type": "function",
    "function": {"name": "clock", "description": "The time", "parameters": {}},
}
CALL_OBJECT = {
    "name": "search",
    "arguments": {"query": "größer & <b>", "limit": 2, "exact": True, "tags": None},
}
CALL_TEXT = {"function": {"name": "clock", "arguments": '{"zone": "UTC"}'}}


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}


def assistant(text: str, **fields: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": text, **fields}


def system(text: str) -> dict[str, Any]:
    return {"role": "system", "content": text}


def tool(text: str) -> dict[str, Any]:
    return {"role": "tool", "content": text}


CONVERSATIONS: dict[str, list[dict[str, Any]]] = {
    "question": [user("Why?")],
    "with system": [system("Be brief.\nBe kind."), user("Why?")],
    "second system": [user("Why?"), system("Now in German."), user("Warum?")],
    "several turns": [user("a"), assistant("b"), user("c"), assistant("d"), user("e")],
    "ends with assistant": [user("a"), assistant("b")],
    "thought in history": [user("2+2?"), assistant("<think>\nEasy.\n</think>\n\n4"), user("3+3?")],
    "thought as field": [user("2+2?"), assistant("4", reasoning_content="Easy.")],
    "thought in content at the end": [user("2+2?"), assistant("<think>\nEasy.\n\n</think>\n\n4")],
    "thought with tool": [
        user("Look it up."),
        assistant("", reasoning_content="I need the tool.\n", tool_calls=[CALL_OBJECT]),
        tool('{"hits": 3}'),
    ],
    "two calls, two responses": [
        system("Use tools."),
        user("Both, please."),
        assistant("One moment.", tool_calls=[CALL_OBJECT, CALL_TEXT]),
        tool("3 hits"),
        tool("12:00 ⏰"),
        assistant("Three, at noon."),
        user("Danke!"),
    ],
    "unicode": [
        system(TEXTS["german"]),
        user(TEXTS["emoji"]),
        assistant(TEXTS["chinese"]),
        user(TEXTS["arabic"]),
    ],
    "right to left": [user(TEXTS["hebrew"]), assistant(TEXTS["arabic"]), user(TEXTS["hindi"])],
    "blank content": [user(""), assistant("  \n"), user("\n\n x \n")],
    "tags typed by a person": [
        user("What does <|im_end|> do?\n<think>\n"),
        assistant("</think> ends it"),
        user("ok"),
    ],
    "response in a user turn": [user("a"), assistant("b"), user("<tool_response>\nx\n</tool_response>")],
}
