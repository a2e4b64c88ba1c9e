"""A small notebook: accounts, and notes that only their owner sees.

Everything that differs between a laptop and a server comes from the environment:

SECRET_KEY       signs the session cookie; there is no default, on purpose
NOTES_DATABASE   path of the SQLite file; default: notes.db in the instance folder
NOTES_TITLE      name shown on every page
"""
import os

from flask import Flask

from . import accounts, csrf, database, pages


def create_app():
    """Build the application; this is what the web server calls."""
    secret_key = os.environ.get('SECRET_KEY')
    if not secret_key:
        raise RuntimeError('Set SECRET_KEY in the environment: without it nobody could stay logged in.')

    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=secret_key,
        SESSION_COOKIE_SAMESITE='Lax',
        MAX_CONTENT_LENGTH=1024 * 1024,
        DATABASE=os.environ.get('NOTES_DATABASE') or os.path.join(app.instance_path, 'notes.db'),
        TITLE=os.environ.get('NOTES_TITLE') or 'Notes',
    )
    csrf.init_app(app)
    database.init_app(app)
    app.register_blueprint(accounts.blueprint)
    app.register_blueprint(pages.blueprint)
    return app
