"""The list of conversations."""

from views.conversations.panel import ConversationsPanel

__all__ = ["ConversationsPanel"]
