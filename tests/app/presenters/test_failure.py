from __future__ import annotations

import pytest

from app.messages import Failure, FailureKind
from app.presenters.failure import LOAD_AGAIN, failure_banner, notice_banner


@pytest.mark.parametrize(("kind", "action"), [("closed", "Load again"), ("load", "Try again"), ("other", "")])
def test_a_failure_is_its_sentence_and_what_can_be_done(kind: FailureKind, action: str) -> None:
    banner = failure_banner(Failure(kind, "It broke."))
    assert banner is not None
    assert (banner.sentence, banner.action_label) == ("It broke.", action)
    assert banner.action_key == (LOAD_AGAIN if action else "")


def test_a_cancel_needs_no_words() -> None:
    assert failure_banner(Failure("cancelled", "Cancelled.")) is None


def test_a_notice_is_calm() -> None:
    assert notice_banner("The cache could not be written.").severity == "info"
