#!/usr/bin/python3
import os

print('Content-Type: text/plain')
print()
print('CGI script %(SCRIPT_NAME)s' % os.environ)
