"""Every form carries a token of the session, so that no other site can send it in the user's name."""
import secrets

from flask import abort, request, session


def token():
    """The token of this session, made when it is first needed."""
    if 'csrf_token' not in session:
        session['csrf_token'] = secrets.token_urlsafe(32)
    return session['csrf_token']


def check():
    if request.method in ('GET', 'HEAD', 'OPTIONS'):
        return
    # As bytes: compare_digest refuses text that is not ASCII, and anybody may send such text.
    sent = request.form.get('csrf_token', '').encode()
    if not secrets.compare_digest(sent, token().encode()):
        abort(400, 'This form is out of date. Go back, load the page again and send it once more.')


def init_app(app):
    app.before_request(check)
    app.jinja_env.globals['csrf_token'] = token
