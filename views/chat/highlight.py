"""Source code to coloured runs, through Pygments."""

from __future__ import annotations

from dataclasses import dataclass

from pygments import lex
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Error, Keyword, Name, Number, Operator, String, _TokenType
from pygments.util import ClassNotFound

LONGEST_LINE = 2000  # a lexer is of no use on a longer one, and some take very long over it


@dataclass(frozen=True)
class CodeColours:
    """One scheme; every colour reaches a contrast of 4.5:1 on `Colours.surface`."""

    keyword: str
    string: str
    comment: str
    number: str
    name: str
    builtin: str

    def of(self, kind: _TokenType) -> str:
        """The colour of a kind of token; empty for the colour of the text."""
        return next((getattr(self, role) for parent, role in _ROLES if kind in parent), "")


_ROLES = (
    (Comment, "comment"),
    (Keyword, "keyword"),
    (Operator.Word, "keyword"),
    (String, "string"),
    (Number, "number"),
    (Name.Builtin, "builtin"),
    (Name.Function, "name"),
    (Name.Class, "name"),
    (Name.Decorator, "name"),
    (Name.Tag, "keyword"),
    (Name.Attribute, "name"),
    (Name.Exception, "builtin"),
)

LIGHT_CODE = CodeColours(
    keyword="#8a2a9c",
    string="#1d6b3a",
    comment="#66707f",
    number="#9a4a00",
    name="#1f57b8",
    builtin="#0b6670",
)
DARK_CODE = CodeColours(
    keyword="#d6a2ee",
    string="#93d6a5",
    comment="#8d97a6",
    number="#f0b37e",
    name="#8fb8ff",
    builtin="#7fd3dc",
)


@dataclass(frozen=True)
class Run:
    """`length` characters from `start` in `colour`."""

    start: int
    length: int
    colour: str


def runs(code: str, language: str, colours: CodeColours) -> list[list[Run]]:
    """The coloured runs of each line of `code`; none where the language is not known."""
    lines: list[list[Run]] = [[] for _ in range(code.count("\n") + 1)]
    lexer = _lexer(language)
    if lexer is None or max(map(len, code.split("\n"))) > LONGEST_LINE:
        return lines
    row = column = 0
    for kind, text in lex(code, lexer):
        colour = "" if kind in Error else colours.of(kind)
        for number, part in enumerate(text.split("\n")):
            row, column = (row, column) if number == 0 else (row + 1, 0)
            if colour and part and row < len(lines):
                lines[row].append(Run(column, len(part), colour))
            column += len(part)
    return lines


def _lexer(language: str) -> Lexer | None:
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False) if language else None
    except ClassNotFound:
        return None
