from __future__ import annotations

from pathlib import Path

from app.controllers.outlier_pins import Pins
from app.pin_records import PinFile
from tests.gpu.probes.test_verdicts import QKV, planned

SITE = QKV.format(1)


class Said(list[str]):
    def __call__(self, sentence: str, *, is_error: bool = False) -> None:
        assert is_error
        self.append(sentence)


def test_a_channel_is_known_again_at_the_next_start(tmp_path: Path) -> None:
    calm, spiked, said = planned({}), planned({(SITE, 7): 50.0}), Said()
    Pins(PinFile(tmp_path), said).remember(spiked, "Prompts", SITE, 7)
    later = Pins(PinFile(tmp_path), said)
    later.remember(calm, "Chat", SITE, 7)
    (found,) = later.earlier(calm, "Chat", SITE, 7)
    assert (found.text, found.absmax) == ("Prompts", 50.0)
    assert later.earlier(calm, "Chat", SITE, 8) == []
    assert said == []


def test_a_file_that_cannot_be_written_is_said_once_asked(tmp_path: Path) -> None:
    said = Said()
    (tmp_path / "file").write_text("")
    Pins(PinFile(tmp_path / "file"), said).remember(planned({}), "Chat", SITE, 7)
    assert len(said) == 1
    Pins(None, said).remember(planned({}), "Chat", SITE, 7)
    assert len(said) == 1
