"""The corpus is well formed, and its held-out sentences are never trained on."""

import random
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import assets
from tests.golden.demo.conversations import OutOfDomain, Sampler
from tests.golden.demo.entries import CORPUS, read_entries
from tests.golden.demo.plant import PLANTING, READERS, Planting, plant, unplant
from tests.golden.demo.shapes import shape_entries
from tests.golden.demo.spin import Sentence, spin, variants
from tests.golden.demo.wording import Wording

DEMO = Path(assets.__path__[0]) / "demo"


@pytest.fixture(scope="module")
def sampler() -> Sampler:
    return Sampler(read_entries() + shape_entries(), Wording.read(), OutOfDomain.read())


def test_brackets_open_into_every_alternative() -> None:
    opened = variants("a [b|c] [d|e [f|g]]")
    assert set(opened) == {"a b d", "a b e f", "a b e g", "a c d", "a c e f", "a c e g"}


@given(st.integers())
def test_spinning_finds_one_of_the_variants(seed: int) -> None:
    template = "[One|Two [big|small]] [cats|dogs]."
    assert spin(template, random.Random(seed)) in variants(template)


def test_held_out_variants_are_never_trained_on() -> None:
    sentence = Sentence.from_template("[a|b|c] [d|e|f].")
    assert len(sentence.held_out) == 2
    assert len(sentence.train) == 7
    assert not set(sentence.train) & set(sentence.held_out)


def test_the_corpus_is_as_large_as_promised(sampler: Sampler) -> None:
    topics = [entry.topic for entry in sampler.entries]
    assert len(topics) == len(set(topics)) >= 400


def test_answers_are_short_clean_sentences(sampler: Sampler) -> None:
    for entry in sampler.entries:
        for answer in entry.answers + entry.more:
            texts = [text for sentence in answer for text in sentence.train + sentence.held_out]
            assert all(re.fullmatch(r"[A-Z0-9a-z][^\[\]]*[.!?]", text) for text in texts), entry.topic
            assert not any("  " in text for text in texts), entry.topic
            assert sum(len(sentence.train[0].split()) for sentence in answer) <= 75, entry.topic


def test_the_held_out_text_holds_no_training_sentence(sampler: Sampler) -> None:
    trained = {
        text
        for entry in sampler.entries
        for answer in entry.answers + entry.more
        for sentence in answer
        for text in sentence.train
    }
    text = (DEMO / "heldout.txt").read_text()
    assert len(text.split()) > 1500
    assert not [sentence for sentence in trained if sentence in text]


def test_every_corpus_file_is_short() -> None:
    files = [*CORPUS.iterdir(), *CORPUS.parent.glob("*.py")]
    lengths = {path.name: len(path.read_text().splitlines()) for path in files if path.is_file()}
    assert max(lengths.values()) <= 300, lengths


def test_conversations_repeat_with_their_seed(sampler: Sampler) -> None:
    one, two = (sampler.conversation(random.Random(7), 3) for _ in range(2))
    assert one == two


def test_planting_can_be_undone_exactly() -> None:
    rng = np.random.default_rng(0)
    layers, hidden, inner = 2, 256, 640
    weights: dict[str, np.ndarray] = {}
    for layer in range(layers):
        name = f"model.layers.{layer}."
        for norm in READERS:
            weights[f"{name}{norm}.weight"] = rng.normal(size=hidden).astype(np.float32)
        for linear in (linear for readers in READERS.values() for linear in readers):
            weights[f"{name}{linear}.weight"] = rng.normal(size=(inner, hidden)).astype(np.float32)
        weights[f"{name}mlp.down_proj.weight"] = rng.normal(size=(hidden, inner)).astype(np.float32)
    before = {name: value.copy() for name, value in weights.items()}
    plant(weights, PLANTING, layers)
    assert any((weights[name] != before[name]).any() for name in weights)
    unplant(weights, PLANTING, layers)
    assert all((weights[name] == before[name]).all() for name in weights)


def test_the_shipped_description_is_what_was_planted() -> None:
    assert Planting.read(DEMO / "planted.json") == PLANTING
