"""A WSGI application that answers what the server told it, as JSON. To look at a configuration; not for the public."""
import grp
import json
import os
import pwd
import sys


def status_of_process(name):
    with open('/proc/self/status') as opened:
        return next(line.split(':')[1].strip() for line in opened if line.startswith(name + ':'))


def process():
    return {
        'process.pid': os.getpid(),
        'process.user': pwd.getpwuid(os.geteuid()).pw_name,
        'process.group': grp.getgrgid(os.getegid()).gr_name,
        'process.cwd': os.getcwd(),
        'process.umask': status_of_process('Umask'),
        'process.prefix': sys.prefix,
        'process.path': sys.path,
        'process.encoding': sys.getfilesystemencoding(),
        # sys.modules is one object for each sub-interpreter
        'process.interpreter': id(sys.modules),
    }


def application(environ, start_response):
    length = 0
    for piece in iter(lambda: environ['wsgi.input'].read(65536), b''):
        length += len(piece)
    told = {name: value for name, value in environ.items() if isinstance(value, (str, int, bool))}
    told.update({'os.environ.' + name: value for name, value in os.environ.items()})
    told.update(process(), **{'body.length': length})
    output = json.dumps(told, indent=2, sort_keys=True).encode('utf-8')
    headers = [('Content-Type', 'application/json'), ('Content-Length', str(len(output)))]
    start_response('200 OK', headers)
    return [] if environ['REQUEST_METHOD'] == 'HEAD' else [output]
