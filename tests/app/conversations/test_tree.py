from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.conversations import Message, Tree
from tests.app.conversations.samples import message


@st.composite
def grown(draw: st.DrawFn) -> list[Message]:
    """Messages that each answer an earlier one, or begin anew."""
    found: list[Message] = []
    for key in range(1, draw(st.integers(1, 25)) + 1):
        found.append(message(key, draw(st.sampled_from([None, *(m.id for m in found)]))))
    return found


def test_an_edit_is_a_branch_beside_the_old() -> None:
    tree = Tree([message(1), message(2, 1), message(3, 2), message(4, 2)])
    assert [m.id for m in tree.path(4)] == [1, 2, 4]
    assert tree.siblings(3) == (3, 4)
    assert tree.newest_leaf(1) == 4
    assert tree.newest_leaf() == 4


@given(grown())
def test_a_path_goes_from_parent_to_child_and_begins_at_a_root(messages: list[Message]) -> None:
    tree = Tree(messages)
    for leaf in messages:
        path = tree.path(leaf.id)
        assert path[0].parent is None
        assert path[-1] == leaf
        assert [m.parent for m in path[1:]] == [m.id for m in path[:-1]]


@given(grown())
def test_every_message_is_once_among_its_siblings_oldest_first(messages: list[Message]) -> None:
    tree = Tree(messages)
    for each in messages:
        beside = tree.siblings(each.id)
        assert beside == tuple(m.id for m in messages if m.parent == each.parent)


@given(grown(), st.randoms())
def test_the_order_of_reading_does_not_matter(messages: list[Message], random) -> None:
    shuffled = list(messages)
    random.shuffle(shuffled)
    assert [Tree(shuffled).siblings(m.id) for m in messages] == [
        Tree(messages).siblings(m.id) for m in messages
    ]


@given(grown(), st.data())
def test_what_was_removed_comes_back_as_it_was(messages: list[Message], data: st.DataObject) -> None:
    tree = Tree(messages)
    key = data.draw(st.sampled_from([m.id for m in messages]))
    expected = set(tree.below(key))
    taken = tree.remove(key)
    assert {m.id for m in taken} == expected
    assert {m.id for m in tree} == {m.id for m in messages} - expected
    for each in taken:
        tree.put(each)
    assert {m.id: tree.siblings(m.id) for m in tree} == {
        m.id: Tree(messages).siblings(m.id) for m in messages
    }


@given(grown())
def test_the_newest_leaf_has_nothing_below_it(messages: list[Message]) -> None:
    tree = Tree(messages)
    for each in messages:
        leaf = tree.newest_leaf(each.id)
        assert leaf is not None
        assert tree.below(leaf) == (leaf,)
        assert each in tree.path(leaf)


def test_a_message_whose_parent_is_lost_begins_the_conversation() -> None:
    tree = Tree([message(1), message(5, 99)])
    assert tree.siblings(5) == (1, 5)
    assert [m.id for m in tree.path(5)] == [5]


def test_messages_that_are_each_others_parents_are_all_still_there() -> None:
    tree = Tree([message(1), message(2, 4), message(3, 2), message(4, 3)])
    assert tree.siblings(1) == (1, 2)
    assert [m.id for m in tree.path(4)] == [2, 3, 4]


def test_putting_a_message_again_replaces_it_in_place() -> None:
    tree = Tree([message(1), message(2, 1), message(3, 1)])
    tree.put(message(2, 1, "more"))
    assert tree.siblings(2) == (2, 3)
    assert tree[2].text == "more"
    assert (len(tree), 2 in tree, 9 in tree) == (3, True, False)


def test_an_empty_tree_has_no_leaf() -> None:
    assert Tree().newest_leaf() is None
    assert Tree().path(None) == ()
