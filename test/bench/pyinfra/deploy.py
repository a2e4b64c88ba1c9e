"""The notebook of examples/notes, as somebody who knows pyinfra well would deploy it. ../README.md says what was chosen
and why."""

import hashlib
import json
import shlex
import subprocess
import tarfile
from io import StringIO
from pathlib import Path

from pyinfra import config, host
from pyinfra.api import FactBase, operation
from pyinfra.facts.files import File
from pyinfra.operations import apt, files, server, systemd
from pyinfra.operations.util import any_changed

config.SUDO = True

data = host.data
root = f'/srv/{data.site}'
account = f'flask-{data.site}'
settings_file = f'/etc/{data.site}/settings.json'
script = f'{root}/wsgi/{data.site}.wsgi'
# Its name is its content, so code that is there is not sent again.
release = subprocess.check_output([data.pack, data.code, data.archive], text=True).strip()
code = f'{root}/releases/{release}'
requirements = Path(data.code, 'requirements.txt').read_bytes()
venv = f'{root}/venvs/{hashlib.sha256(requirements).hexdigest()[:12]}'
settings = {
    'SECRET_KEY': Path(data.secret_file).read_text().strip(),
    'NOTES_DATABASE': data.database,
    'NOTES_TITLE': data.title,
}
module, object_ = data.application.split(':')
values = {
    'account': account,
    'module': module,
    'object': object_,
    'root': root,
    'settings_file': settings_file,
    'venv': venv,
}


with tarfile.open(data.archive) as packed:
    sums = ''.join(
        f'{hashlib.sha256(packed.extractfile(file).read()).hexdigest()}  {file.name}\n' for file in packed if file.isfile()
    )
# What the environment holds, as its own interpreter finds it: kept when pip is done, and compared in each run.
held = (
    f'cd "$({venv}/bin/python -Ic \'import sysconfig; print(sysconfig.get_path("purelib"))\')" && ls -d -- *-info'
)


class Holds(FactBase):
    """Whether a command succeeds."""

    def command(self, command):
        return f'if {{ {command}; }} > /dev/null 2>&1; then echo yes; fi'

    def process(self, output):
        return list(output) == ['yes']


class ModuleConfig(FactBase):
    """The lines that load mod_wsgi, as it prints them."""

    def command(self):
        return 'mod_wsgi-express module-config'

    def process(self, output):
        return '\n'.join(output) + '\n'


@operation()
def wsgi_load(dest):
    # The fact is asked for when the turn of this operation comes: on a new host mod_wsgi is installed just before.
    yield from files.put._inner(
        src=StringIO(host.get_fact(ModuleConfig)), dest=dest, mode='644', create_remote_dir=False
    )


def missing(path):
    return lambda: host.get_fact(File, path=path, _sudo=True) is None


def unless(command):
    return lambda: not host.get_fact(Holds, command=command, _sudo=True)


packages = apt.packages(
    name='System packages',
    packages=[
        'apache2',
        'apache2-dev',
        'python3-pip',
        'python3-venv',
        'python3-setuptools',
        'python3-wheel',
        'python3-dev',
        'gcc',
    ],
    no_recommends=True,
    update=True,
    cache_time=86400,
)
module_installed = server.shell(
    name='mod_wsgi, the last one for Python 3.6',
    commands=['pip3 install --no-cache-dir mod_wsgi==4.9.4'],
    _if=missing('/usr/local/lib/python3.6/dist-packages/mod_wsgi-4.9.4.egg-info/PKG-INFO'),
)
load_file = wsgi_load(name='The file that loads it', dest='/etc/apache2/mods-available/wsgi.load')
enabled_module = files.link(
    name='The module is enabled',
    path='/etc/apache2/mods-enabled/wsgi.load',
    target='../mods-available/wsgi.load',
    create_remote_dir=False,
)
server.user(
    name='The account of the site',
    user=account,
    system=True,
    home='/nonexistent',
    ensure_home=False,
    shell='/usr/sbin/nologin',
)
for path, owner, group, mode in [
    (root, 'root', 'root', '755'),
    (f'{root}/releases', 'root', 'root', '755'),
    (code, 'root', 'root', '755'),
    (f'{root}/venvs', 'root', 'root', '755'),
    (f'{root}/wsgi', 'root', 'root', '755'),
    (f'{root}/data', account, account, '750'),
    (f'/etc/{data.site}', 'root', account, '750'),
]:
    files.directory(name=f'Folder {path}', path=path, user=owner, group=group, mode=mode)
unpacked = files.unarchive(
    name='The code',
    src=data.archive,
    dest=code,
    _if=unless(f'cd {code} && printf %s {shlex.quote(sums)} | sha256sum --status --check'),
)
environment = server.shell(
    name='The virtual environment',
    commands=[
        f'python3 -m venv --clear {venv}',
        f'{venv}/bin/pip -q install pip==21.3.1 setuptools==59.6.0 wheel==0.37.1',
        f'{venv}/bin/pip -q --disable-pip-version-check install -r {code}/requirements.txt',
        f'{held} > {venv}/complete',
    ],
    _if=unless(f'{held} | cmp -s - {venv}/complete'),
)
written_settings = files.put(
    name='The settings',
    src=StringIO(json.dumps(settings, indent=4) + '\n'),
    dest=settings_file,
    user='root',
    group=account,
    mode='640',
    create_remote_dir=False,
)
written_script = files.template(
    name='The script that mod_wsgi runs',
    src='templates/site.wsgi.j2',
    dest=script,
    mode='644',
    create_remote_dir=False,
    **values,
)
current = files.link(
    name='The release that is served',
    path=f'{root}/current',
    target=f'releases/{release}',
    create_remote_dir=False,
)
server.shell(
    name='The database',
    commands=[f'umask 027 && cd {root}/current && runuser -u {account} -- {venv}/bin/flask init-db'],
    _env={**settings, 'FLASK_APP': data.application, 'LC_ALL': 'C.UTF-8', 'PYTHONDONTWRITEBYTECODE': '1'},
    _if=missing(data.database),
)
files.file(
    name='Who may write to the database',
    path=data.database,
    user=account,
    group=account,
    mode='640',
    create_remote_dir=False,
)
virtual_host = files.template(
    name='The virtual host',
    src='templates/vhost.conf.j2',
    dest=f'/etc/apache2/sites-available/{data.site}.conf',
    mode='644',
    create_remote_dir=False,
    **values,
)
enabled_host = files.link(
    name='The virtual host is enabled',
    path=f'/etc/apache2/sites-enabled/{data.site}.conf',
    target=f'../sites-available/{data.site}.conf',
    create_remote_dir=False,
)
systemd.service(name='Apache runs, also after a reboot', service='apache2', running=True, enabled=True)

to_restart = any_changed(packages, module_installed, load_file, enabled_module)
to_reload = any_changed(environment, virtual_host, enabled_host)
to_renew = any_changed(unpacked, written_settings, written_script, current)


def to_ask():
    return to_restart() or to_reload() or to_renew()


server.shell(
    name='Test the configuration',
    commands=['apache2ctl configtest'],
    _if=lambda: to_restart() or to_reload(),
)
systemd.service(name='Restart Apache', service='apache2', restarted=True, _if=to_restart)
systemd.service(
    name='Reload Apache', service='apache2', reloaded=True, _if=lambda: to_reload() and not to_restart()
)
server.shell(name='Renew the application', commands=[f'touch {script}'], _if=to_renew)
server.shell(
    name='Ask the site',
    commands=[
        'python3 -c "import urllib.request as r; '
        f"r.urlopen(r.Request('http://127.0.0.1{data.check_path}', headers=dict(Host='{data.server_name}')), timeout=30)\""
    ],
    _if=to_ask,
)
