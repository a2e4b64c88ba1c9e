"""The notes, the list of static files, and the health page."""
import os
import sqlite3

from flask import Blueprint, abort, current_app, flash, jsonify, redirect, render_template, request, url_for

from . import database
from .accounts import current_account, login_required

blueprint = Blueprint('pages', __name__)


def own_note(note_id):
    query = 'SELECT id, title, body FROM note WHERE id = ? AND account_id = ?'
    note = database.get().execute(query, (note_id, current_account()['id'])).fetchone()
    if note is None:
        abort(404)
    return note


def note_from_form():
    """Title and body as sent; the title is None, and the user told so, when it will not do."""
    title = request.form.get('title', '').strip()
    if not 1 <= len(title) <= 120:
        flash('Give the note a title of 1 to 120 characters.')
        title = None
    return title, request.form.get('body', '')


@blueprint.route('/')
@login_required
def index():
    query = 'SELECT id, title, body, changed FROM note WHERE account_id = ? ORDER BY changed DESC, id DESC'
    notes = database.get().execute(query, (current_account()['id'],)).fetchall()
    return render_template('index.html', notes=notes)


@blueprint.route('/new', methods=('GET', 'POST'))
@login_required
def new():
    if request.method == 'POST':
        title, body = note_from_form()
        if title is not None:
            with database.get() as connection:
                connection.execute(
                    'INSERT INTO note (account_id, title, body) VALUES (?, ?, ?)',
                    (current_account()['id'], title, body),
                )
            return redirect(url_for('pages.index'))
    return render_template('note.html', note=None)


@blueprint.route('/<int(max=2147483647):note_id>', methods=('GET', 'POST'))
@login_required
def edit(note_id):
    note = own_note(note_id)
    if request.method == 'POST':
        title, body = note_from_form()
        if title is not None:
            with database.get() as connection:
                connection.execute(
                    'UPDATE note SET title = ?, body = ?, changed = CURRENT_TIMESTAMP WHERE id = ?',
                    (title, body, note['id']),
                )
            return redirect(url_for('pages.index'))
    return render_template('note.html', note=note)


@blueprint.route('/<int(max=2147483647):note_id>/delete', methods=('POST',))
@login_required
def delete(note_id):
    note = own_note(note_id)
    with database.get() as connection:
        connection.execute('DELETE FROM note WHERE id = ?', (note['id'],))
    return redirect(url_for('pages.index'))


@blueprint.route('/files')
def files():
    """Names in the static folder. Under an ASCII locale Python cannot show the one that is not ASCII: error 500."""
    return render_template('files.html', names=sorted(os.listdir(current_app.static_folder)))


@blueprint.route('/health')
def health():
    """For monitoring: 200 when the database answers, 503 when not."""
    try:
        count = database.get().execute('SELECT COUNT(*) FROM note').fetchone()[0]
    except sqlite3.Error as error:
        current_app.logger.error('%s: %s', current_app.config['DATABASE'], error)
        return jsonify(database=str(error)), 503
    return jsonify(database='ok', notes=count)
