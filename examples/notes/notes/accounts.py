"""Registering, logging in and out."""
import functools
import sqlite3

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from werkzeug.security import check_password_hash, generate_password_hash

from . import database

SHORTEST_PASSWORD = 8

blueprint = Blueprint('accounts', __name__)


def login_required(view):
    @functools.wraps(view)
    def guarded(**arguments):
        if current_account() is None:
            return redirect(url_for('accounts.login'))
        return view(**arguments)

    return guarded


@blueprint.app_context_processor
def account_for_templates():
    return {'current_account': current_account}


def current_account():
    """Who is logged in, or None; asked at most once in a request, and only by pages that want to know."""
    if 'account' not in g:
        number = session.get('account_id')
        query = 'SELECT id, name FROM account WHERE id = ?'
        g.account = database.get().execute(query, (number,)).fetchone() if number is not None else None
    return g.account


def log_in(account_id):
    # A fresh session: whatever was put into it before the login must not outlive it.
    session.clear()
    session['account_id'] = account_id


@blueprint.route('/register', methods=('GET', 'POST'))
def register():
    if request.method == 'POST':
        name = request.form.get('name', '').strip()
        password = request.form.get('password', '')
        if not 1 <= len(name) <= 60:
            flash('Choose a name of 1 to 60 characters.')
        elif len(password) < SHORTEST_PASSWORD:
            flash('Choose a password of at least {} characters.'.format(SHORTEST_PASSWORD))
        else:
            try:
                with database.get() as connection:
                    account_id = connection.execute(
                        'INSERT INTO account (name, password_hash) VALUES (?, ?)',
                        (name, generate_password_hash(password)),
                    ).lastrowid
            except sqlite3.IntegrityError:
                flash('The name {} is taken.'.format(name))
            else:
                log_in(account_id)
                return redirect(url_for('pages.index'))
    return render_template('account.html', action='Register')


@blueprint.route('/login', methods=('GET', 'POST'))
def login():
    if request.method == 'POST':
        name = request.form.get('name', '').strip()
        query = 'SELECT id, password_hash FROM account WHERE name = ?'
        account = database.get().execute(query, (name,)).fetchone()
        if account is not None and check_password_hash(account['password_hash'], request.form.get('password', '')):
            log_in(account['id'])
            return redirect(url_for('pages.index'))
        flash('Name or password is wrong.')
    return render_template('account.html', action='Log in')


@blueprint.route('/logout', methods=('POST',))
def logout():
    session.clear()
    return redirect(url_for('accounts.login'))
