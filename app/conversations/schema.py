"""The tables, as a list of migrations: a file of an older version is brought up to date step by step.

`user_version` counts the steps that a file has seen. A step, once released, is never changed.
"""

from __future__ import annotations

import sqlite3

_FIRST = """
CREATE TABLE conversation (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL,
    pinned INTEGER NOT NULL,
    system_prompt TEXT NOT NULL,
    model TEXT NOT NULL,
    scheme TEXT NOT NULL,
    sampling TEXT,
    max_new_tokens INTEGER,
    thinking INTEGER NOT NULL,
    when_full TEXT NOT NULL,
    leaf INTEGER,
    deleted_ms INTEGER
);
CREATE TABLE message (
    id INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL,
    parent INTEGER,
    role TEXT NOT NULL,
    text TEXT NOT NULL,
    reasoning TEXT NOT NULL,
    reasoning_ms INTEGER,
    state TEXT NOT NULL,
    error TEXT NOT NULL,
    note TEXT NOT NULL,
    model TEXT NOT NULL,
    scheme TEXT NOT NULL,
    sampling TEXT,
    attachments TEXT,
    created_ms INTEGER NOT NULL,
    deleted_ms INTEGER
);
CREATE INDEX message_of ON message (conversation);
CREATE TABLE trace (
    message INTEGER PRIMARY KEY,
    data BLOB NOT NULL
);
"""

# The index holds no text of its own. An answer enters it once it has ended: indexing it anew with every piece
# that comes would take longer the longer it is.
_SEARCH = """
CREATE VIRTUAL TABLE message_words USING fts5(
    text, content='message', content_rowid='id', tokenize="unicode61 remove_diacritics 2", prefix='2 3'
);
CREATE TRIGGER message_added AFTER INSERT ON message WHEN new.state <> 'streaming' BEGIN
    INSERT INTO message_words (rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER message_removed AFTER DELETE ON message WHEN old.state <> 'streaming' BEGIN
    INSERT INTO message_words (message_words, rowid, text) VALUES ('delete', old.id, old.text);
END;
CREATE TRIGGER message_left BEFORE UPDATE ON message
WHEN old.state <> 'streaming' AND (new.state = 'streaming' OR old.text IS NOT new.text) BEGIN
    INSERT INTO message_words (message_words, rowid, text) VALUES ('delete', old.id, old.text);
END;
CREATE TRIGGER message_entered AFTER UPDATE ON message
WHEN new.state <> 'streaming' AND (old.state = 'streaming' OR old.text IS NOT new.text) BEGIN
    INSERT INTO message_words (rowid, text) VALUES (new.id, new.text);
END;
CREATE VIRTUAL TABLE conversation_words USING fts5(
    title, content='conversation', content_rowid='id', tokenize="unicode61 remove_diacritics 2", prefix='2 3'
);
CREATE TRIGGER conversation_added AFTER INSERT ON conversation BEGIN
    INSERT INTO conversation_words (rowid, title) VALUES (new.id, new.title);
END;
CREATE TRIGGER conversation_removed AFTER DELETE ON conversation BEGIN
    INSERT INTO conversation_words (conversation_words, rowid, title) VALUES ('delete', old.id, old.title);
END;
INSERT INTO message_words (rowid, text) SELECT id, text FROM message WHERE state <> 'streaming';
INSERT INTO conversation_words (rowid, title) SELECT id, title FROM conversation;
CREATE TRIGGER conversation_renamed AFTER UPDATE OF title ON conversation WHEN old.title <> new.title BEGIN
    INSERT INTO conversation_words (conversation_words, rowid, title) VALUES ('delete', old.id, old.title);
    INSERT INTO conversation_words (rowid, title) VALUES (new.id, new.title);
END;
"""

_THINKING = "ALTER TABLE message ADD COLUMN thinking INTEGER;"

MIGRATIONS: tuple[str, ...] = (_FIRST, _SEARCH, _THINKING)


def version_of(connection: sqlite3.Connection) -> int:
    """How many migrations the file has seen."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def migrate(connection: sqlite3.Connection, migrations: tuple[str, ...] = MIGRATIONS) -> None:
    """Bring the file up to date; each step happens wholly or not at all."""
    for version in range(version_of(connection), len(migrations)):
        script = f"BEGIN IMMEDIATE;\n{migrations[version]}\nPRAGMA user_version = {version + 1};\nCOMMIT;"
        try:
            connection.executescript(script)
        except sqlite3.Error:
            if connection.in_transaction:
                connection.rollback()
            raise
