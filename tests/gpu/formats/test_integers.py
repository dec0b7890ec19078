from __future__ import annotations

import pytest

from gpu.errors import SchemeError
from gpu.formats.integers import largest_code


def test_codes_are_symmetric() -> None:
    assert [largest_code(bits) for bits in (8, 4, 3, 2)] == [127, 7, 3, 1]


def test_unknown_widths_are_refused() -> None:
    with pytest.raises(SchemeError, match="not 1"):
        largest_code(1)
