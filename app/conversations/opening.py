"""Opening the database whatever state it is in: a damaged one is kept aside, a locked one is left alone."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import platformdirs

from app.conversations.database_file import DatabaseFile
from app.conversations.records import StoreError
from app.conversations.salvage import salvage
from app.conversations.schema import MIGRATIONS, migrate, version_of
from app.conversations.store import Store, reason_of

FILE_NAME = "conversations.sqlite3"
IN_MEMORY = ":memory:"
_PATIENCE_S = 1.0  # how long a write waits for another window's
_COMPANIONS = ("-wal", "-shm")
_DAMAGE = ("SQLITE_CORRUPT", "SQLITE_NOTADB")


@dataclass(frozen=True)
class Opened:
    """`notice` is a sentence if not all is as it should be; without `is_kept` it ends with the program."""

    store: Store
    notice: str = ""
    is_kept: bool = True


def default_path() -> Path:
    """Where the system keeps a person's data."""
    return Path(platformdirs.user_data_dir("quantscope", appauthor=False)) / FILE_NAME


def open_store(path: Path, now: datetime | None = None) -> Opened:
    """The conversations in `path`, made if they are not there; in memory where that cannot be."""
    try:
        return Opened(_open(path))
    except _DamagedError:
        return open_anew(path, now or datetime.now())
    except (sqlite3.Error, OSError) as error:
        return _without(path, _reason(error))


def open_in_memory() -> Store:
    """Conversations that end with the program."""
    connection = _connect(IN_MEMORY)
    migrate(connection)
    return Store(connection, connection)


def is_damage(error: BaseException | None) -> bool:
    """Whether a database that gave this error is beyond use."""
    name = getattr(error, "sqlite_errorname", "")
    return isinstance(error, _DamagedError | UnicodeDecodeError) or name.startswith(_DAMAGE)


class _DamagedError(Exception):
    """The file is no database, or one that contradicts itself."""


def _open(path: Path) -> Store:
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = _connect(str(path))
    try:
        _prepare(writer)
        reader = _connect(str(path))
    except BaseException:
        writer.close()
        raise
    return Store(reader, writer, DatabaseFile(path))


def _connect(database: str) -> sqlite3.Connection:
    return sqlite3.connect(database, timeout=_PATIENCE_S, isolation_level=None, check_same_thread=False)


def _prepare(connection: sqlite3.Connection) -> None:
    """WAL: what is committed survives a kill, and a reader never waits. Nothing is written before a check."""
    try:
        problem = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if problem != "ok":
            raise _DamagedError(problem)
        if version_of(connection) > len(MIGRATIONS):
            raise sqlite3.NotSupportedError("it was written by a newer version of this program")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        migrate(connection)
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        if is_damage(error):
            raise _DamagedError(str(error)) from error
        raise


def open_anew(path: Path, now: datetime) -> Opened:
    """Put a damaged file and its companions aside, and begin with what can be read of it."""
    aside = path.with_name(f"{path.name}.broken-{now:%Y-%m-%d-%H%M%S}")
    try:
        for suffix in ("", *_COMPANIONS):
            if (companion := Path(f"{path}{suffix}")).exists():
                companion.rename(f"{aside}{suffix}")
        store = _open(path)
        count = salvage(aside, store)
    except (sqlite3.Error, OSError, _DamagedError, StoreError) as error:
        return _without(path, _reason(error))
    read = f"{count:,} conversation{'' if count == 1 else 's'} in it could be read"
    what = read if count else "a new one begun"
    return Opened(
        store, f"The database of your conversations was damaged: it is kept as {aside}, and {what}."
    )


def _without(path: Path, reason: str) -> Opened:
    notice = f"The conversations in {path} are left alone ({reason}): new ones are kept until you quit."
    return Opened(open_in_memory(), notice, is_kept=False)


def _reason(error: Exception) -> str:
    if isinstance(error, sqlite3.Error):
        return reason_of(error)
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error)
