import { becomeAccount } from './run-script.js'

/**
 * A shell of the account of a site, on a terminal of the host that is made here: so the way to the host needs none. The
 * first line says the name of the terminal, for whoever makes it larger; after it comes what the shell prints.
 * It ends with the shell, or when nobody listens any more.
 */
export const shellScript = String.raw`${becomeAccount}
import fcntl, pty, select, signal, struct, termios, time
os.environ.update({"TERM": asked["term"], "PS1": asked["prompt"]})
master, slave = pty.openpty()
fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", asked["rows"], asked["columns"], 0, 0))
os.write(1, (os.ttyname(slave) + "\n").encode())
pid = os.fork()
if pid == 0:
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for number in (0, 1, 2):
        os.dup2(slave, number)
    os.closerange(3, 256)
    os.execvp("bash", ["bash", "--noprofile", "--norc", "-i"])
os.close(slave)

def out(data):
    while data:
        data = data[os.write(1, data):]

typed, ended, listening = b"", None, [0, master]
while True:
    ready, writable, _ = select.select(listening, [master] if typed else [], [], 0.2)
    if master in ready:
        try:
            said = os.read(master, 65536)
        except OSError:
            said = b""
        if not said:
            break
        out(said)
    elif ended is not None:
        break
    if 0 in ready:
        more = os.read(0, 65536)
        if not more:
            # whoever typed is gone
            break
        typed += more
    if writable:
        typed = typed[os.write(master, typed[:512]):]
    if ended is None:
        gone, status = os.waitpid(pid, os.WNOHANG)
        ended = status if gone else None
os.close(master)
for number in (signal.SIGHUP, signal.SIGKILL):
    for _ in range(20):
        if ended is None:
            gone, status = os.waitpid(pid, os.WNOHANG)
            ended = status if gone else None
            time.sleep(0.05)
    if ended is None:
        os.kill(pid, number)
if ended is None:
    ended = os.waitpid(pid, 0)[1]
sys.exit(os.WEXITSTATUS(ended) if os.WIFEXITED(ended) else 128 + os.WTERMSIG(ended))
`
