"""Runs a program and notes what it took, as the kernel counts it: python3 -I meter.py FILE PROGRAM ARGUMENT..."""

import json
import resource
import signal
import subprocess
import sys
import time

programs = []
is_ended = False


def end(*_):
    """Whoever ends this means the program, which would otherwise go on alone."""
    global is_ended
    is_ended = True
    for program in programs:
        program.terminate()


signal.signal(signal.SIGTERM, end)
start = time.monotonic()
programs.append(subprocess.Popen(sys.argv[2:]))
if is_ended:
    end()
exit_code = programs[0].wait()
seconds = time.monotonic() - start
# Of the program and all of its children that were waited for; the memory is that of the largest of them.
used = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], 'w', encoding='utf-8') as figures:
    json.dump({'seconds': seconds, 'cpu': used.ru_utime + used.ru_stime, 'peak': used.ru_maxrss / 1024}, figures)
sys.exit(exit_code)
