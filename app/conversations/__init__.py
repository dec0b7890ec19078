"""Conversations kept in SQLite: every branch, written while an answer is still being given. No Qt."""

from app.conversations.archive import Archive
from app.conversations.recorder import Recorder
from app.conversations.records import Conversation, Message, MessageState, Policy, Role
from app.conversations.store import Store
from app.conversations.tree import Tree

__all__ = [
    "Archive",
    "Conversation",
    "Message",
    "MessageState",
    "Policy",
    "Recorder",
    "Role",
    "Store",
    "Tree",
]
