"""Run with: python -m unittest discover -s tests -t . (in a virtual environment that has requirements.txt)."""
import os
import re
import tempfile
import unittest
from unittest import mock

from notes import create_app

UMLAUT_AND_KANJI = 'größe-日本.txt'


class NotesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, 'data', 'notes.db')
        settings = {'SECRET_KEY': 'only for this test', 'NOTES_DATABASE': self.path, 'NOTES_TITLE': 'Merkzettel'}
        with mock.patch.dict(os.environ, settings):
            self.app = create_app()
        self.client = self.app.test_client()

    def create_tables(self):
        result = self.app.test_cli_runner().invoke(args=['init-db'])
        self.assertEqual(result.exit_code, 0, result.output)

    def post(self, url, client=None, **fields):
        client = client or self.client
        page = client.get('/login').get_data(as_text=True)
        fields['csrf_token'] = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)
        return client.post(url, data=fields, follow_redirects=True)

    def register(self, name, client=None):
        return self.post('/register', client, name=name, password='correct horse')

    def test_refuses_to_start_without_a_secret_key(self):
        with mock.patch.dict(os.environ, {'SECRET_KEY': ''}):
            with self.assertRaisesRegex(RuntimeError, 'SECRET_KEY'):
                create_app()

    def test_health_says_what_is_wrong_with_the_database_and_does_not_create_it(self):
        response = self.client.get('/health')
        self.assertEqual(response.status_code, 503)
        self.assertEqual(response.get_json(), {'database': 'unable to open database file'})
        self.assertFalse(os.path.exists(self.path))

    def test_health_counts_the_notes(self):
        self.create_tables()
        self.assertEqual(self.client.get('/health').get_json(), {'database': 'ok', 'notes': 0})

    def test_creating_the_tables_again_keeps_the_notes(self):
        self.create_tables()
        self.register('ada')
        self.post('/new', title='kept', body='')
        self.create_tables()
        self.assertEqual(self.client.get('/health').get_json()['notes'], 1)

    def test_a_note_is_written_changed_and_deleted(self):
        self.create_tables()
        self.assertIn('Log out Ångström', self.register('Ångström').get_data(as_text=True))
        self.assertIn('Überschrift', self.post('/new', title='Überschrift', body='日本').get_data(as_text=True))
        self.assertIn('second', self.post('/1', title='second', body='').get_data(as_text=True))
        self.assertIn('Nothing here yet', self.post('/1/delete').get_data(as_text=True))

    def test_a_note_is_shown_as_text_and_never_as_html(self):
        self.create_tables()
        self.register('ada')
        page = self.post('/new', title='<b>x</b>', body='<script>').get_data(as_text=True)
        self.assertIn('&lt;b&gt;x&lt;/b&gt;', page)
        self.assertNotIn('<script>', page)

    def test_nobody_sees_or_changes_the_notes_of_others(self):
        self.create_tables()
        self.register('ada')
        self.post('/new', title='private', body='')
        other = self.app.test_client()
        self.register('bob', other)
        self.assertNotIn('private', other.get('/').get_data(as_text=True))
        self.assertEqual(other.get('/1').status_code, 404)
        self.assertEqual(self.post('/1/delete', other).status_code, 404)
        self.assertEqual(self.client.get('/health').get_json()['notes'], 1)

    def test_pages_with_notes_send_strangers_to_the_login(self):
        for url in ('/', '/new', '/1'):
            response = self.client.get(url)
            self.assertEqual(response.status_code, 302)
            self.assertTrue(response.headers['Location'].endswith('/login'))

    def test_names_are_unique_and_passwords_are_checked(self):
        self.create_tables()
        self.register('ada')
        self.post('/logout')
        self.assertIn('is taken', self.register('Ada').get_data(as_text=True))
        self.assertIn('is wrong', self.post('/login', name='ada', password='guess').get_data(as_text=True))
        self.assertIn('Your notes', self.post('/login', name='ada', password='correct horse').get_data(as_text=True))

    def test_a_form_without_the_token_of_the_session_is_refused(self):
        self.create_tables()
        for token in ('', 'forged', 'größe'):
            response = self.client.post('/register', data={'name': 'eve', 'csrf_token': token})
            self.assertEqual(response.status_code, 400)

    def test_a_file_name_that_is_not_ascii_is_listed_and_served(self):
        self.assertIn(UMLAUT_AND_KANJI, self.client.get('/files').get_data(as_text=True))
        response = self.client.get('/static/' + UMLAUT_AND_KANJI)
        self.assertEqual(response.status_code, 200)
        response.close()

    def test_the_title_comes_from_the_environment(self):
        self.assertIn('Merkzettel', self.client.get('/login').get_data(as_text=True))


if __name__ == '__main__':
    unittest.main()
