"""The file that a database was opened from: whether it still lies there.

Only its name, place and size are looked at: to open and close it besides SQLite would let go of its locks.
"""

from __future__ import annotations

from pathlib import Path

from app.conversations.records import StoreError

_PAGE_BYTES = 512  # the smallest page of SQLite: a database has whole ones


class DatabaseFile:
    """Without a path, in memory, there is nothing that another program could change."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._place = self._size_bytes = 0
        if path is not None:
            found = path.stat()
            self._place, self._size_bytes = found.st_ino, found.st_size

    def check(self) -> None:
        """Raises StoreError if what would be written now is not what is read the next time."""
        if self._path is None:
            return
        try:
            found = self._path.stat()
        except FileNotFoundError:
            raise StoreError(_sentence(f"{self._path} was moved or deleted", "put it back")) from None
        except OSError:
            return  # SQLite says it better
        if found.st_ino != self._place:
            raise StoreError(_sentence(f"{self._path} was replaced by another file", "put the old one back"))
        if found.st_size < self._size_bytes or found.st_size % _PAGE_BYTES:
            raise StoreError(
                _sentence(f"another program has overwritten {self._path}", "put the old one back")
            )
        self._size_bytes = found.st_size


def _sentence(what: str, remedy: str) -> str:
    return f"The conversations cannot be saved: {what}; {remedy}, or export what you need before you quit."
