import { programScript } from './program-script.js'

/**
 * Runs apt-get on the host as an administrator would who stays beside it. Written in Python for what a shell cannot do:
 * ask the kernel who holds a lock of fcntl (apt's and dpkg's are such; flock(1) does not see them), and listen to three
 * streams at a time. apt 1.6 has no option to wait for a lock. What it tells while it runs goes to stderr, alone; what
 * apt-get says on its stderr follows when it has failed.
 *
 * - No lock file is ever opened for writing, and none is removed.
 * - "dpkg was interrupted" is repaired once, as apt asks for it, after waiting for a dpkg that is still at work.
 * - A maintainer script that says nothing for too long is ended, not dpkg: its database stays whole.
 * - What is unpacked can be built with: it tells when everything is, where the host has room for both.
 * - apt 1.6 asks for ever for a file of which it never gets the end: the fourth time is the last.
 */
export const aptScript = String.raw`
import fcntl, os, re, shutil, signal, struct, subprocess, sys, threading, time

lock_seconds, stall_seconds = int(sys.argv[1]), int(sys.argv[2])
asked = sys.argv[3:]
environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive", NEEDRESTART_MODE="a", LC_ALL="C.UTF-8")
keep_files = ["--force-confdef", "--force-confold"]
most_fetches = 3
streams = ("stdin", "stdout", "stderr")
status_format = "$" "{Package} $" "{db:Status-Status}\n"

def tell(line):
    os.write(2, (line + "\n").encode("utf-8", "replace"))

${programScript}
def holder_of(path):
    """Who keeps us from locking it, as the kernel tells; 0: nobody."""
    try:
        with open(path, "rb") as opened:
            asked = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
            kind, _, _, _, pid = struct.unpack("hhqqi4x", fcntl.fcntl(opened, fcntl.F_GETLK, asked))
            return 0 if kind == fcntl.F_UNLCK else pid
    except OSError:
        return 0

LOCKED = r"Could not get lock|frontend lock|Unable to lock|is locked by another process"

class Locks:
    """What is waited for in all, whoever holds them."""

    def __init__(self):
        self.since, self.last = time.monotonic(), ""

    def wait(self, program):
        """False: it has been long enough."""
        named = program.says(r"Could not get lock ([^ ,:]+)")
        path = named.group(1) if named else "/var/lib/dpkg/lock"
        if not named and program.says("frontend is locked"):
            path = "/var/lib/dpkg/lock-frontend"
        while True:
            waited, pid = int(time.monotonic() - self.since), holder_of(path)
            if pid:
                self.last = "E: %s is held by process %d (%s), waited for %d s" % (path, pid, name_of(pid), waited)
            if waited >= lock_seconds:
                return False
            tell("waiting:%d:%s:%s:%s" % (waited, pid or "", path, name_of(pid) if pid else ""))
            time.sleep(1)
            if not holder_of(path):
                return True

def run(argv, locks):
    """Until no lock is in the way."""
    while True:
        program = Program(argv)
        code = program.wait()
        if code == 0 or not program.says(LOCKED) or not locks.wait(program):
            return code, program

def wait_for_cloud_init():
    """Its own apt would fail if ours were first. That it runs is what cloud-init status goes by, too."""
    if not os.path.exists("/run/cloud-init/status.json") or os.path.exists("/run/cloud-init/result.json"):
        return
    if not shutil.which("cloud-init"):
        return
    since = time.monotonic()
    waiting = subprocess.Popen(["cloud-init", "status", "--wait"], **dict.fromkeys(streams, subprocess.DEVNULL))
    while waiting.poll() is None:
        if time.monotonic() - since >= lock_seconds:
            waiting.kill()
            return
        tell("waiting:%d::cloud-init, which is setting up the host:" % (time.monotonic() - since))
        try:
            waiting.wait(timeout=1)
        except subprocess.TimeoutExpired:
            continue

def fail(code, *lines):
    sys.stdout.flush()
    for line in lines:
        tell(line)
    sys.exit(code if 0 < code < 256 else 100)

def asked_again(*argv):
    pipes = dict(dict.fromkeys(streams, subprocess.DEVNULL), stdout=subprocess.PIPE)
    found = subprocess.run(argv, env=environment, **pipes)
    return found.stdout.decode("utf-8", "replace").strip()

def facts(program):
    """What apt-get does not say, and one has to know to understand it."""
    pinned = program.says(r"Package '?([^' \n]+)'? has no installation candidate")
    if pinned and re.search(r"^ +(?:\*\*\* )?[^ :]+ -?\d+$", asked_again("apt-cache", "policy", pinned.group(1)), re.M):
        yield "E: Package %s is pinned: a file of preferences forbids all of its versions" % pinned.group(1)
    if program.says(r"[Hh]eld (?:broken )?packages"):
        yield "E: On hold: %s" % (asked_again("apt-mark", "showhold").replace("\n", " ") or "nothing")
    if program.says(r"is not valid yet|is expired"):
        yield "E: The clock of the host says %s" % time.strftime("%a, %d %b %Y %H:%M:%S UTC", time.gmtime())

def repair(locks):
    tell("repair:begins")
    before = set(asked_again("dpkg-query", "-W", "-f", status_format).split("\n"))
    code, program = run(["dpkg"] + keep_files + ["--configure", "-a"], locks)
    if code != 0:
        lines = [line for line in program.printed[-12:] + program.said if line.strip()]
        fail(code, "E: dpkg --configure -a has failed", *(lines + [locks.last] if program.says(LOCKED) else lines))
    after = asked_again("dpkg-query", "-W", "-f", status_format).split("\n")
    repaired = [line.split(" ")[0] for line in after if line not in before and line.endswith(" installed")]
    tell("repair:done:%s" % " ".join(repaired))

wait_for_cloud_init()
locks, repaired = Locks(), False
options = ["-q", "-y", "-o", "APT::Status-Fd=@STATUS@", "-o", "APT::Update::Error-Mode=any", "-o", "Acquire::Retries=2"]
options += ["-o", "Acquire::http::Timeout=30", "-o", "Acquire::https::Timeout=30"]
options += [word for option in keep_files for word in ("-o", "Dpkg::Options::=" + option)]
while True:
    code, program = run(["apt-get"] + options + asked, locks)
    if code == 0:
        sys.exit(0)
    if repaired or not program.says("dpkg was interrupted"):
        break
    repaired = True
    repair(locks)
locked = [locks.last] if locks.last and program.says(LOCKED) else []
fail(code, *(program.said + locked + list(facts(program))))
`
