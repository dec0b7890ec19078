"""What went wrong, as the sentence above the chat."""

from __future__ import annotations

from app.messages import Failure
from views.frames import BannerFrame

LOAD_AGAIN = "load_again"


def failure_banner(failure: Failure) -> BannerFrame | None:
    """A cancel needs no words. What another attempt may mend gets a button for it."""
    if failure.kind == "cancelled":
        return None
    if failure.kind == "closed":
        return BannerFrame("error", failure.sentence, "Load again", LOAD_AGAIN)
    if failure.kind == "load":
        return BannerFrame("error", failure.sentence, "Try again", LOAD_AGAIN)
    return BannerFrame("warning", failure.sentence)


def notice_banner(sentence: str) -> BannerFrame:
    return BannerFrame("info", sentence)
