from __future__ import annotations

from pathlib import Path

import pytest

from app.picture_file import check_picture_name, write_picture
from app.svg_chart import Chart, Series
from gpu.errors import QuantscopeError

pytestmark = pytest.mark.usefixtures("qapp")  # a PNG needs one, and there is one a process
CHARTS = [Chart("t", "x", "y", (Series("a", [0, 1], [1, 2]),))]


def test_both_formats_are_written(tmp_path: Path) -> None:
    for name, start in (("a.svg", b"<svg"), ("a.PNG", b"\x89PNG")):
        write_picture(tmp_path / name, CHARTS)
        assert (tmp_path / name).read_bytes().startswith(start)


def test_a_picture_has_something_on_it(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png", CHARTS)
    assert (tmp_path / "a.png").stat().st_size > 3000


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(QuantscopeError, match="cannot be written"):
        write_picture(tmp_path / "none" / "a.svg", CHARTS)
    with pytest.raises(QuantscopeError, match="says no format"):
        check_picture_name(tmp_path / "a.jpg")
