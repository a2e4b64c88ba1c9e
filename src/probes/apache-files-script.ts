/** Which files Apache reads, where these make it listen, and who listens there. Needs `os` and `re`. */
export const apacheFiles = String.raw`
def served_files(root):
    names = [root + "/apache2.conf", root + "/ports.conf"]
    # the last: what virtual hosts of somebody else include of ours
    for folder in ("mods-enabled", "conf-enabled", "sites-enabled", "deploy-flask"):
        there = os.path.join(root, folder)
        entries = sorted(os.listdir(there)) if os.path.isdir(there) else []
        names.extend(os.path.join(there, name) for name in entries if name.endswith(".conf"))
    for name in filter(os.path.isfile, names):
        with open(name, encoding="utf-8", errors="replace") as opened:
            yield name, re.sub(r"\\\n", " ", opened.read())

# built into the Apache of Debian: these have no file in mods-enabled
BUILT_IN = ("core", "http", "http_core", "log_config", "logio", "so", "unixd", "version", "watchdog")

def loaded_module(root, name, coming=()):
    short = re.sub(r"^mod_|(_module|\.c)$", "", name.lstrip("!"))
    there = short in BUILT_IN or short in coming or os.path.exists("%s/mods-enabled/%s.load" % (root, short))
    return there != name.startswith("!")

def listens(root, coming=()):
    found = []
    for name, text in served_files(root):
        inside = []
        for line in text.splitlines():
            words = line.strip().lower().split()
            if words and words[0] == "<ifmodule":
                inside.append(loaded_module(root, words[1].rstrip(">"), coming))
            elif words and words[0] == "</ifmodule>" and inside:
                inside.pop()
            elif len(words) > 1 and words[0] == "listen" and all(inside):
                address, _, port = words[1].strip(chr(34) + chr(39)).rpartition(":")
                if port.isdigit():
                    found.append({"file": name, "address": None if address in ("", "*", "[::]") else address, "port": int(port)})
    return found

def processes():
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/comm" % pid, encoding="utf-8", errors="replace") as opened:
                yield opened.read().strip(), pid
        except OSError:
            continue

def descriptors(pid):
    try:
        return [os.readlink("/proc/%s/fd/%s" % (pid, fd)) for fd in os.listdir("/proc/%s/fd" % pid)]
    except OSError:
        return []

def listeners(port):
    found = []
    for name in ("/proc/net/tcp", "/proc/net/tcp6"):
        if not os.path.exists(name):
            continue
        with open(name, encoding="utf-8") as opened:
            rows = [row.split() for row in opened.readlines()[1:]]
        found.extend(row[9] for row in rows if row[3] == "0A" and int(row[1].rsplit(":", 1)[1], 16) == port)
    wanted, owners = {"socket:[%s]" % inode for inode in found}, set()
    for name, pid in sorted(processes(), key=lambda one: one[0] != "apache2"):
        held = wanted.intersection(descriptors(pid)) if wanted else ()
        if held:
            owners.add(name if name == "apache2" else "%s (pid %s)" % (name, pid))
            wanted -= held
    return sorted(owners) + ["a process that cannot be seen"] * bool(wanted)
`
