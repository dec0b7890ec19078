from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from app.attachments import Attachment
from app.conversations import Archive, Message
from app.dialogue import Dialogue, Origin
from gpu.sampling import Sampling
from tests.patience import PATIENCE_S

ORIGIN = Origin("demo", "W4A8", Sampling(temperature=0.0))


@pytest.fixture
def archive() -> Iterator[Archive]:
    result = Archive()
    yield result
    result.close()


@pytest.fixture
def talk(archive: Archive) -> Dialogue:
    """Two questions with their answers."""
    result = Dialogue(archive, archive.begin())
    for question, answer in (("Why?", "Because."), ("And how?", "Like this.")):
        key = result.ask(question, ORIGIN)
        result.update(replace(result.tree[key], text=answer, state="done"))
    return result


def texts(talk: Dialogue) -> list[str]:
    return [message.text for message in talk.path]


def test_a_question_waits_for_its_answer_and_names_the_conversation(archive: Archive) -> None:
    talk = Dialogue(archive, archive.begin())
    assert archive.conversations() == ()  # nothing was said in it yet
    key = talk.ask("Why do outliers\nhurt?", ORIGIN, [Attachment("a.txt", "b")])
    question, answer = talk.path
    assert (question.text, question.attachments) == ("Why do outliers\nhurt?", (Attachment("a.txt", "b"),))
    assert (answer.id, answer.role, answer.state, answer.model, answer.sampling) == (
        *(key, "assistant", "streaming", "demo"),
        ORIGIN.sampling,
    )
    assert [one.title for one in archive.conversations()] == ["Why do outliers hurt?"]
    assert (talk.conversation.model, talk.conversation.scheme) == ("demo", "W4A8")


def test_it_is_the_same_when_it_is_opened_again(archive: Archive, talk: Dialogue) -> None:
    talk.answer_again(talk.path[1].id, ORIGIN)
    again = Dialogue.open(archive, talk.conversation.id)
    assert again.path == talk.path
    assert set(again.tree) == set(talk.tree)
    assert again.conversation == talk.conversation


def test_another_wording_is_a_branch_and_the_old_one_is_a_step_away(talk: Dialogue) -> None:
    first = talk.path[0].id
    talk.ask_instead(first, "Why not?", ORIGIN)
    assert texts(talk) == ["Why not?", ""]
    talk.step(talk.path[0].id, -1)
    assert texts(talk) == ["Why?", "Because.", "And how?", "Like this."]
    talk.step(talk.path[0].id, -1)  # there is none before it
    assert talk.path[0].id == first


def test_another_answer_stands_beside_the_first(talk: Dialogue) -> None:
    first = talk.path[-1].id
    second = talk.answer_again(first, ORIGIN)
    assert talk.tree.siblings(second) == (first, second)
    third = talk.answer_again(talk.path[-2].id, ORIGIN)  # asked for at the question itself
    assert talk.tree.siblings(third) == (first, second, third)


def test_an_answer_in_other_words_leaves_the_old_one(talk: Dialogue) -> None:
    old = talk.path[-1]
    talk.rewrite(old.id, "Otherwise.")
    assert (talk.path[-1].text, talk.path[-1].note) == ("Otherwise.", "edited")
    talk.step(talk.path[-1].id, -1)
    assert talk.path[-1] == old


def test_deleting_takes_what_follows_and_shows_a_neighbour(archive: Archive, talk: Dialogue) -> None:
    first = talk.path[0].id
    talk.ask_instead(first, "Why not?", ORIGIN)
    taken = talk.delete(talk.path[0].id)
    assert [message.text for message in taken] == ["Why not?", ""]
    assert texts(talk) == ["Why?", "Because.", "And how?", "Like this."]
    talk.delete(talk.path[2].id)
    assert texts(talk) == ["Why?", "Because."]
    assert [m.text for m in Dialogue.open(archive, talk.conversation.id).path] == ["Why?", "Because."]


def test_what_was_deleted_can_be_put_back(archive: Archive, talk: Dialogue) -> None:
    before = talk.path
    taken = talk.delete(before[0].id)
    assert talk.path == ()
    talk.restore(taken)
    assert talk.path == before
    assert Dialogue.open(archive, talk.conversation.id).path == before


def test_a_fork_has_the_branch_and_lives_on_its_own(archive: Archive, talk: Dialogue) -> None:
    talk.answer_again(talk.path[1].id, ORIGIN)
    talk.step(talk.path[1].id, -1)
    fork = Dialogue.open(archive, talk.fork(talk.path[1].id).id)
    assert texts(fork) == ["Why?", "Because."]
    assert len(fork.tree) == 2
    assert fork.conversation.title == "Why? (fork)"
    assert not {m.id for m in fork.tree} & {m.id for m in talk.tree}
    fork.ask("Else?", ORIGIN)
    assert texts(talk) == ["Why?", "Because.", "And how?", "Like this."]


def test_an_answer_that_is_resumed_loses_nothing(talk: Dialogue) -> None:
    key = talk.path[-1].id
    talk.update(replace(talk.tree[key], state="failed", error="The device was lost."))
    talk.resume(key)
    assert (talk.tree[key].text, talk.tree[key].state, talk.tree[key].error) == (
        "Like this.",
        "streaming",
        "",
    )


def test_what_comes_for_a_deleted_answer_is_not_kept(archive: Archive, talk: Dialogue) -> None:
    last = talk.path[-1]
    talk.delete(last.id)
    talk.update(replace(last, text="late"))
    assert last.id not in Dialogue.open(archive, talk.conversation.id).tree


def test_settings_are_kept_with_the_conversation(archive: Archive, talk: Dialogue) -> None:
    talk.change(system_prompt="Be brief.", when_full="forget")
    again = Dialogue.open(archive, talk.conversation.id)
    assert (again.conversation.system_prompt, again.conversation.when_full) == ("Be brief.", "forget")


def test_what_the_list_changed_is_taken_over(archive: Archive, talk: Dialogue) -> None:
    archive.rename(talk.conversation.id, "Renamed")
    archive.pin(talk.conversation.id, True)
    talk.refresh()
    talk.change(thinking=True)
    (listed,) = archive.conversations()
    assert (listed.title, listed.pinned, listed.thinking) == ("Renamed", True, True)


class AnyUse(RuleBasedStateMachine):
    """Whatever is done in whatever order: the branch on show is whole, and the database holds the same."""

    def __init__(self) -> None:
        super().__init__()
        self.archive = Archive()
        self.talk = Dialogue(self.archive, self.archive.begin())
        self.taken: tuple[Message, ...] = ()

    def teardown(self) -> None:
        self.archive.close()

    def on_any(self, places: int, act: Callable[[int], object]) -> None:
        path = self.talk.path
        if path:
            act(path[places % len(path)].id)

    @rule(text=st.text(max_size=5))
    def ask(self, text: str) -> None:
        key = self.talk.ask(text, ORIGIN)
        self.talk.update(replace(self.talk.tree[key], text="answer", state="done"))

    @rule(place=st.integers(0, 9))
    def word_differently(self, place: int) -> None:
        questions = [message.id for message in self.talk.path if message.role == "user"]
        if questions:
            self.talk.ask_instead(questions[place % len(questions)], "else", ORIGIN)

    @rule(place=st.integers(0, 9))
    def answer_again(self, place: int) -> None:
        self.on_any(place, lambda key: self.talk.answer_again(key, ORIGIN))

    @rule(place=st.integers(0, 9), step=st.sampled_from([-1, 1]))
    def step(self, place: int, step: int) -> None:
        self.on_any(place, lambda key: self.talk.step(key, step))

    @rule(place=st.integers(0, 9))
    def delete(self, place: int) -> None:
        def remember(key: int) -> None:
            self.taken = self.talk.delete(key)

        self.on_any(place, remember)

    @rule()
    def undo(self) -> None:
        parent = self.taken[0].parent if self.taken else None
        if self.taken and (parent is None or parent in self.talk.tree):
            self.talk.restore(self.taken)
            self.taken = ()

    @invariant()
    def the_branch_is_whole(self) -> None:
        path = self.talk.path
        assert [message.parent for message in path] == [None, *(message.id for message in path)][: len(path)]
        assert not path or self.talk.tree.newest_leaf(path[-1].id) == path[-1].id

    @invariant()
    def the_database_holds_the_same(self) -> None:
        if self.archive.conversations():
            again = Dialogue.open(self.archive, self.talk.conversation.id)
            assert set(again.tree) == set(self.talk.tree)
            assert again.path == self.talk.path


TestAnyUse = AnyUse.TestCase
TestAnyUse.settings = settings(max_examples=15, stateful_step_count=15)


def test_what_cannot_be_saved_is_there_all_the_same_when_it_is_opened_again(tmp_path: Path) -> None:
    said: list[str] = []
    archive = Archive(tmp_path / "talks.sqlite3", said.append)
    archive.store._writer.execute("PRAGMA max_page_count = 1")  # a full disk
    talk = Dialogue(archive, archive.begin())
    key = talk.ask("Why? " * 10_000, ORIGIN)
    talk.update(replace(talk.tree[key], text="Because.", state="done"))
    assert not archive.recorder.drain(PATIENCE_S)
    assert Dialogue.open(archive, talk.conversation.id).path == talk.path
    talk.delete(key)
    assert Dialogue.open(archive, talk.conversation.id).path == talk.path
    archive.store._writer.execute("PRAGMA max_page_count = 100000")
    assert archive.close()
    again = Archive(tmp_path / "talks.sqlite3")
    assert Dialogue.open(again, talk.conversation.id).path == talk.path
    again.close()
    assert "disk is full" in said[0]


def test_a_database_that_cannot_be_read_does_not_keep_the_person_from_asking(
    archive: Archive, talk: Dialogue
) -> None:
    archive.recorder.drain(PATIENCE_S)
    archive.store.close()
    talk.ask("And now?", ORIGIN)
    assert texts(talk)[-2:] == ["And now?", ""]
    Dialogue(archive, archive.begin()).ask("And here?", ORIGIN)
