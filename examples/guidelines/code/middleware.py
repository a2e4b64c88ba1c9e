"""WSGI middleware: a function that is given an application and returns the one that is served in its place."""


def debugging_for_localhost(inner):
    def application(environ, start_response):
        environ['demo.debugging'] = '1' if environ['REMOTE_ADDR'] == '127.0.0.1' else '0'
        return inner(environ, start_response)

    return application
