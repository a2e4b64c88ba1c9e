/**
 * Of the script around apt-get, in Python: a program that is listened to while it runs, ended where it has said nothing for
 * too long, and which tells when everything is unpacked.
 */
export const programScript = String.raw`def parents():
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/stat" % pid, encoding="utf-8", errors="replace") as opened:
                found[int(pid)] = int(opened.read().rpartition(")")[2].split()[1])
        except OSError:
            continue
    return found

def below(pid, known):
    children = [child for child, parent in known.items() if parent == pid]
    return children + [one for child in children for one in below(child, known)]

def name_of(pid):
    try:
        with open("/proc/%d/comm" % pid, encoding="utf-8", errors="replace") as opened:
            return opened.read().strip()
    except OSError:
        return ""

def has_room():
    """For a compiler beside dpkg: a processor that dpkg does not need, and half a gigabyte of memory."""
    with open("/proc/meminfo", encoding="ascii") as opened:
        found = re.search(r"^MemAvailable: +(\d+) kB", opened.read(), re.M)
    return len(os.sched_getaffinity(0)) > 1 and found is not None and int(found.group(1)) >= 512 * 1024

class Program:
    """A program that is listened to; its stdout is passed on, its stderr kept."""

    def __init__(self, argv):
        self.heard, self.said, self.printed, self.package, self.ended = time.monotonic(), [], [], "", ""
        self.fetched, self.new, self.unpacked, self.told = {}, 0, set(), False
        status, writer = os.pipe()
        argv = [word.replace("@STATUS@", str(writer)) for word in argv]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, env=environment, pass_fds=[writer], **pipes)
        os.close(writer)
        takers = [(status, self.progress), (self.process.stdout, self.output), (self.process.stderr, self.said.append)]
        self.threads = [threading.Thread(target=self.listen, args=taker, daemon=True) for taker in takers]
        for thread in self.threads:
            thread.start()

    def listen(self, stream, take):
        descriptor = stream if isinstance(stream, int) else stream.fileno()
        with open(descriptor, encoding="utf-8", errors="replace", newline="\n", closefd=False) as opened:
            for line in opened:
                self.heard = time.monotonic()
                take(line.rstrip("\r\n"))

    def progress(self, line):
        kind, _, rest = line.partition(":")
        if kind == "pmstatus":
            self.package = rest.partition(":")[0]
            if ":Unpacking " in rest:
                self.unpacked.add(self.package)
            elif "onfigur" in rest and 0 < self.new <= len(self.unpacked) and not self.told and has_room():
                self.told = True
                tell("unpacked:")
        tell(line)

    def output(self, line):
        self.printed = self.printed[-400:] + [line]
        # in the C locale Python's own stdout takes nothing but ASCII, which kills the thread, and apt-get waits for ever
        sys.stdout.buffer.write((line + "\n").encode("utf-8"))
        sys.stdout.buffer.flush()
        counts = re.match(r"(\d+) upgraded, (\d+) newly installed", line)
        if counts:
            self.new = int(counts.group(1)) + int(counts.group(2))
        fetch = re.match(r"Get:\d+ (\S+) (.*)", line)
        if fetch:
            self.fetched[fetch.group(0)] = self.fetched.get(fetch.group(0), 0) + 1
            if self.fetched[fetch.group(0)] > most_fetches and not self.ended:
                self.ended = "E: Failed to fetch %s  Connection cut %d times (%s)" % (
                    fetch.group(1), most_fetches, fetch.group(2))
                self.process.terminate()

    def stall(self):
        known = parents()
        dpkgs = [pid for pid in below(self.process.pid, known) + [self.process.pid] if name_of(pid) == "dpkg"]
        scripts = [pid for dpkg in dpkgs for pid in below(dpkg, known)]
        self.ended = "E: %s has said nothing for %d seconds: it was stopped" % (
            "the installation of " + self.package if self.package else "apt-get", stall_seconds)
        for number in (signal.SIGTERM, signal.SIGKILL):
            for pid in scripts or dpkgs or [self.process.pid]:
                try:
                    os.kill(pid, number)
                except OSError:
                    pass
            time.sleep(2)
        self.heard = time.monotonic()

    def wait(self):
        while True:
            try:
                self.process.wait(timeout=0.5)
                break
            except subprocess.TimeoutExpired:
                if time.monotonic() - self.heard > stall_seconds:
                    self.stall()
        # a daemon that was started may keep them open
        for thread in self.threads:
            thread.join(timeout=2)
        if self.ended:
            self.said.append(self.ended)
        return self.process.returncode

    def says(self, pattern):
        return re.search(pattern, "\n".join(self.said + self.printed))
`
