import type { Guest } from '../../vagrant/guest.js'

/** Holds the lock that apt-get install needs, until that has been kept waiting for some seconds. */
const HOLD = `import fcntl, glob, time
lock = open("/var/lib/dpkg/lock-frontend", "w")
fcntl.lockf(lock, fcntl.LOCK_EX)

def runs(path):
    try:
        with open(path, "rb") as opened:
            return b"--no-install-recommends" in opened.read()
    except OSError:
        return False

while not any(runs(path) for path in glob.glob("/proc/[0-9]*/cmdline")):
    time.sleep(0.1)
time.sleep(4)
`

/** Another program that uses dpkg, as a first upgrade in the background would. */
export const holdAptLock = async (guest: Guest): Promise<unknown> => guest.run('exec python3 -', { stdin: HOLD })
