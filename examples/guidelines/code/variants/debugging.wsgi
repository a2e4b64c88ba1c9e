# The wrapper of the document: configuration that Apache cannot give is put around the application here.
from probe import application as _application


def application(environ, start_response):
    if environ['REMOTE_ADDR'] in ['127.0.0.1']:
        environ['demo.debugging'] = '1'
    return _application(environ, start_response)
