"""One SQLite connection for each request, and the command that creates the tables."""
import pathlib
import sqlite3

import click
from flask import current_app, g
from flask.cli import with_appcontext

SCHEMA = """
CREATE TABLE IF NOT EXISTS account (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    password_hash TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS note (
    id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    changed TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX IF NOT EXISTS note_of_account ON note (account_id, changed);
"""


def connect(mode):
    """Open the file; only mode 'rwc' creates it, so a wrong path is an error and not an empty notebook."""
    path = pathlib.Path(current_app.config['DATABASE']).absolute()
    connection = sqlite3.connect('{}?mode={}'.format(path.as_uri(), mode), uri=True)
    connection.row_factory = sqlite3.Row
    connection.execute('PRAGMA foreign_keys = ON')
    return connection


def get():
    """The connection of this request."""
    if 'database' not in g:
        g.database = connect('rw')
    return g.database


def close(_error=None):
    connection = g.pop('database', None)
    if connection is not None:
        connection.close()


@click.command('init-db')
@with_appcontext
def init_db():
    """Create the tables that are missing; what exists is left alone."""
    path = pathlib.Path(current_app.config['DATABASE'])
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = connect('rwc')
    connection.executescript(SCHEMA)
    connection.close()
    click.echo('The tables are in {}.'.format(path))


def init_app(app):
    app.teardown_appcontext(close)
    app.cli.add_command(init_db)
