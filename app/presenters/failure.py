"""What went wrong, as the sentence above the chat."""

from __future__ import annotations

from app.messages import Failure
from gpu.errors import Way
from views.frames import BannerFrame, Choice

LOAD_AGAIN = "load_again"
LOAD_OFFERED = "load_offered"
WAY = "way:"
CALCULATOR = "calculator"
SAVE_AS_FILE, QUIT_ANYWAY = "save_as_file", "quit_anyway"


def failure_banner(failure: Failure) -> BannerFrame | None:
    """A cancel needs no words. What another attempt may mend gets a button for it."""
    if failure.kind == "cancelled":
        return None
    if failure.kind == "closed":
        return BannerFrame("error", failure.sentence, "Load again", LOAD_AGAIN)
    if failure.ways:
        first, *others = (Choice(f"{WAY}{index}", _label(way)) for index, way in enumerate(failure.ways))
        more = (*others, Choice(CALCULATOR, "Open in the calculator"))
        return BannerFrame("error", failure.sentence, first.label, first.key, more)
    if failure.kind == "load":
        return BannerFrame("error", failure.sentence, "Try again", LOAD_AGAIN)
    return warning_banner(failure.sentence)


def _label(way: Way) -> str:
    return f"Load with {way.label}"


def offer_banner(name: str, scheme: str) -> BannerFrame:
    """What a conversation was held with, when another model or scheme is open."""
    sentence = f"This conversation was held with {name} in {scheme}."
    return BannerFrame("info", sentence, f"Load {name} in {scheme}", LOAD_OFFERED)


def gone_banner(name: str, scheme: str) -> BannerFrame:
    """What a conversation was held with, when that is no longer on this machine."""
    return notice_banner(
        f"This conversation was held with {name} in {scheme}, which is not on this machine; "
        "the open model goes on with it."
    )


def notice_banner(sentence: str) -> BannerFrame:
    return BannerFrame("info", sentence)


def warning_banner(sentence: str) -> BannerFrame:
    """What goes on, but not as it should."""
    return BannerFrame("warning", sentence)


def unsaved_banner(conversations: int) -> BannerFrame:
    """The window was to be closed, and with it would go what is not in the database."""
    what = "1 conversation is" if conversations == 1 else f"{conversations:,} conversations are"
    sentence = f"{what} not saved and would be lost with the window."
    return BannerFrame(
        "error", sentence, "Save as a file…", SAVE_AS_FILE, (Choice(QUIT_ANYWAY, "Quit all the same"),)
    )
