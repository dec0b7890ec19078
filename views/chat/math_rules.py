"""LaTeX between brackets: \\(…\\), \\[…\\] and \\begin{…}…\\end{…}, beside the dollars of dollarmath.

A formula never spans a blank line, so that what is above one cannot change any more while a text arrives.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

_ENVIRONMENT = re.compile(r"\\begin\{([a-zA-Z]+\*?)\}")


def bracket_math(md: MarkdownIt) -> None:
    """Install the rules; tokens are named as those of dollarmath."""
    interrupts: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    md.block.ruler.before("fence", "bracket_math", _block, interrupts)
    md.inline.ruler.before("escape", "bracket_math", _inline)


def _block(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    if state.is_code_block(first):
        return False
    closing = _closing_of(_line(state, first))
    if closing is None:
        return False
    for line in range(first, end):
        text = _line(state, line)
        if not text:
            return False
        if text.endswith(closing):
            return silent or _push(state, first, line, closing)
    return False


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].strip()


def _closing_of(text: str) -> str | None:
    if text.startswith("\\["):
        return "\\]"
    found = _ENVIRONMENT.match(text)
    return f"\\end{{{found[1]}}}" if found else None


def _push(state: StateBlock, first: int, last: int, closing: str) -> bool:
    content = state.getLines(first, last + 1, state.blkIndent, False).strip()
    token = state.push("math_block", "math", 0)
    token.content = content[2:-2].strip() if closing == "\\]" else content
    token.map = [first, last + 1]
    token.block = True
    state.line = last + 1
    return True


def _inline(state: StateInline, silent: bool) -> bool:
    opening = state.src[state.pos : state.pos + 2]
    if opening not in ("\\(", "\\["):
        return False
    end = state.src.find("\\)" if opening == "\\(" else "\\]", state.pos + 2, state.posMax)
    content = state.src[state.pos + 2 : end].strip()
    if end < 0 or not content:
        return False
    if not silent:
        token = state.push("math_inline" if opening == "\\(" else "math_inline_double", "math", 0)
        token.content = content
    state.pos = end + 2
    return True
