"""Taguette projects as Taguette 1.5 writes them, made with its schema."""

import sqlite3
from pathlib import Path

SCHEMA = """
CREATE TABLE users (login VARCHAR(30) NOT NULL PRIMARY KEY, created DATETIME NOT NULL, hashed_password VARCHAR(192),
    password_set_date DATETIME, language VARCHAR(10), email VARCHAR(256), email_sent DATETIME);
CREATE TABLE projects (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, name VARCHAR(200) NOT NULL,
    description TEXT NOT NULL, created DATETIME NOT NULL);
CREATE TABLE project_members (project_id INTEGER NOT NULL, user_login VARCHAR(30) NOT NULL,
    privileges VARCHAR(11) NOT NULL,
    PRIMARY KEY (project_id, user_login));
CREATE TABLE documents (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, name VARCHAR(200) NOT NULL,
    description TEXT NOT NULL, filename VARCHAR(200) NOT NULL, created DATETIME NOT NULL, project_id INTEGER NOT NULL,
    text_direction VARCHAR(13) NOT NULL, contents TEXT NOT NULL);
CREATE TABLE commands (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, date DATETIME NOT NULL,
    user_login VARCHAR(30) NOT NULL,
    project_id INTEGER NOT NULL, document_id INTEGER, payload TEXT NOT NULL);
CREATE TABLE highlights (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, document_id INTEGER NOT NULL,
    start_offset INTEGER NOT NULL, end_offset INTEGER NOT NULL, snippet TEXT NOT NULL);
CREATE TABLE tags (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, project_id INTEGER NOT NULL,
    path VARCHAR(200) NOT NULL,
    description TEXT NOT NULL);
CREATE TABLE highlight_tags (highlight_id INTEGER NOT NULL, tag_id INTEGER NOT NULL,
    PRIMARY KEY (highlight_id, tag_id));
"""
HTML = "<p>We <b>trust</b> them é 👩‍🏫.</p>\n<p>It took time.</p><ul><li>One</li><li>Two</li></ul>"
BARE = "We trust them é 👩‍🏫.\nIt took time.OneTwo"


def byte(words: str, *, end: bool = False, bare: str = BARE) -> int:
    """Where words begin, or end, in bytes of a document's bare text."""
    at = bare.index(words) + (len(words) if end else 0)
    return len(bare[:at].encode())


def taguette(folder: Path, highlights: list[tuple[int, int, str]], html: str = HTML) -> bytes:
    """A project of one document with these highlights: first byte, end, tag."""
    path = folder / "made.sqlite3"
    path.unlink(missing_ok=True)
    base = sqlite3.connect(path)
    base.executescript(SCHEMA)
    made = "2024-05-06 07:08:09.123456"
    base.execute("INSERT INTO projects VALUES (1, 'Talks', 'About trust.', ?)", [made])
    base.execute("INSERT INTO documents VALUES (1, 'Talk A', '', 'a.docx', ?, 1, 'LEFT_TO_RIGHT', ?)", [made, html])
    tags = {tag: number for number, tag in enumerate(dict.fromkeys(tag for _, _, tag in highlights if tag), start=1)}
    for tag, number in tags.items():
        base.execute("INSERT INTO tags VALUES (?, 1, ?, 'What it is.')", [number, tag])
    for number, (start, end, tag) in enumerate(highlights, start=1):
        base.execute("INSERT INTO highlights VALUES (?, 1, ?, ?, '')", [number, start, end])
        payload = f'{{"highlight_id": {number}, "type": "highlight_add"}}'
        base.execute("INSERT INTO commands VALUES (?, ?, 'admin', 1, 1, ?)", [number, made, payload])
        if tag:
            base.execute("INSERT INTO highlight_tags VALUES (?, ?)", [number, tags[tag]])
    base.commit()
    base.close()
    return path.read_bytes()
