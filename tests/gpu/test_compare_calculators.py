from __future__ import annotations

import pytest

from tests.gpu.compare_calculators import FILES, GIB, Row, main, rows


@pytest.fixture(scope="module")
def compared() -> list[Row]:
    return list(rows())


def test_four_models_at_two_contexts(compared: list[Row], capsys: pytest.CaptureFixture[str]) -> None:
    assert len(compared) == 2 * len(FILES) == 8
    main()
    assert len(capsys.readouterr().out.splitlines()) == 9


def test_ours_knows_the_file_to_its_metadata(compared: list[Row]) -> None:
    assert all(0 < row.file_error < 6_500_000 for row in compared)


def test_they_agree_about_the_cache(compared: list[Row]) -> None:
    """From 4,096 to 32,768 tokens all add the same keys and values; oobabooga's fit does so within 45 %."""
    for short, long in zip(compared[::2], compared[1::2], strict=True):
        added = long.ours - short.ours
        assert long.ggufvram - short.ggufvram == pytest.approx(added, rel=1e-9)
        assert long.oobabooga - short.oobabooga == pytest.approx(added, rel=0.45)


def test_they_lie_within_a_gibibyte_or_a_quarter_of_ours(compared: list[Row]) -> None:
    for row in compared:
        for other in (row.ggufvram, row.oobabooga):
            assert abs(other - row.ours) < max(1.5 * GIB, 0.25 * row.ours)
