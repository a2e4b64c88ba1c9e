import { apacheFiles } from './apache-files-script.js'

/** The part of the facts script that knows Apache: its files and its run-time state. */
export const apacheFacts = String.raw`
${apacheFiles}
def vhosts(folders, own):
    found = []
    for folder, entry in [(folder, entry) for folder in folders for entry in listing(folder)]:
        full = os.path.join(folder, entry["name"])
        if entry["kind"] == "link" and os.path.dirname(os.path.realpath(full)) in folders:
            continue
        if entry["name"] == own or not entry["name"].endswith(".conf") or not os.path.isfile(full):
            continue
        with open(full, encoding="utf-8", errors="replace") as opened:
            text = re.sub(r"\\\n", " ", opened.read())
        for line in text.splitlines():
            words = line.split()
            # a ServerName outside of the sites is the name of the server, which any site may have too
            known = ("wsgidaemonprocess",) if "/conf-" in folder else ("servername", "serveralias", "wsgidaemonprocess")
            if len(words) > 1 and words[0].lower() in known:
                values = words[1:] if words[0].lower() == "serveralias" else words[1:2]
                found.extend({"file": full, "directive": words[0].lower(), "value": value.strip(chr(34) + chr(39))} for value in values)
    return found

def embedded(root, own):
    found = []
    for name, text in served_files(root):
        if os.path.basename(name) == own:
            continue
        lines = [line.strip() for line in text.splitlines() if not line.strip().startswith("#")]
        uses = any(re.match(r"(?i)(wsgiscriptalias|wsgiimportscript|(set|add)handler\s+\S*wsgi-script)", line) for line in lines)
        ours = text.startswith("# Managed by deploy-flask")
        chooses = any(re.match(r"(?i)wsgiprocessgroup\s+%\{GLOBAL\}", line) for line in lines)
        if uses and (chooses or not ours):
            found.append({"file": name, "does": "may need"})
        if any(re.match(r"(?i)wsgirestrictembedded\s+on\b", line) for line in lines):
            found.append({"file": name, "does": "forbids"})
    return found

def directives(root, own, wanted):
    found = []
    for name, text in served_files(root):
        base = os.path.basename(name)
        if base in own:
            continue
        for module, pattern in wanted:
            # the file of the module itself goes with it
            if base != module + ".conf" and re.search(r"(?im)^\s*(?:%s)" % pattern, text):
                found.append({"file": name, "module": module})
    return found

def hosts_on_port(root, port):
    found = []
    for path, text in served_files(root):
        for opening, body in re.findall(r"(?is)^\s*<VirtualHost\s+([^>]*)>(.*?)^\s*</VirtualHost>", text, re.M):
            bound = {word.strip(chr(34)).lower() for word in opening.split()}
            if bound.intersection({"*:%d" % port, "_default_:%d" % port, "*", "_default_"}):
                name = re.search(r"(?im)^\s*ServerName\s+(\S+)", body)
                found.append({"file": path, "name": name.group(1) if name else None})
    return found

def addresses_of(name):
    import socket
    try:
        return {found[4][0] for found in socket.getaddrinfo(name, None)}
    except (OSError, UnicodeError):
        return set()

def taken_over(root, own, addresses, port):
    if not addresses:
        return []
    import concurrent.futures
    names = {}
    for path, text in served_files(root):
        if os.path.basename(path) == own:
            continue
        for opening, body in re.findall(r"(?is)^\s*<VirtualHost\s+([^>]*)>(.*?)^\s*</VirtualHost>", text, re.M):
            bound = {word.strip(chr(34)).lower() for word in opening.split()}
            if bound.intersection({"*:%d" % port, "_default_:%d" % port, "*", "_default_"}):
                for line in body.splitlines():
                    words = line.split()
                    if len(words) > 1 and words[0].lower() in ("servername", "serveralias"):
                        names.update({re.sub(r"^https?://|:\d+$", "", word.lower()): path for word in words[1:]})
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        found = list(zip(sorted(names)[:50], pool.map(addresses_of, sorted(names)[:50])))
    return [{"file": names[name], "name": name} for name, its in found if its.intersection(addresses)]

def started(pid):
    # /proc/PID itself has the time of the first look at it; field 22 of its stat counts ticks since the boot (clock 7)
    with open("/proc/%s/stat" % pid, "rb") as opened:
        ticks = int(opened.read().rpartition(b")")[2].split()[19])
    return int((time.time() - time.clock_gettime(7) + ticks / os.sysconf("SC_CLK_TCK")) * 1000000)

def apache(watched, titles):
    running = {"pid": None, "loaded": None, "module": None, "newest": None, "stale": False, "cgid": None, "daemons": []}
    try:
        with open("/run/apache2/apache2.pid", encoding="utf-8") as opened:
            pid = int(opened.read())
        with open("/proc/%d/maps" % pid, encoding="utf-8", errors="replace") as opened:
            maps = opened.read()
        running["pid"] = pid
    except (OSError, ValueError):
        return running
    if os.path.exists("/etc/apache2/mods-enabled/cgid.load"):
        running["cgid"] = any(entry["name"].startswith("cgisock") for entry in listing("/run/apache2"))
    sockets = [entry["changed"] for entry in listing("/run/apache2") if entry["name"].startswith("wsgi.%d." % pid)]
    running["loaded"] = max(sockets) if sockets else None
    changed = [entry for entry in ((path, look(path)) for path in watched) if entry[1]]
    if changed:
        newest = max(changed, key=lambda entry: entry[1]["changed"])
        running["newest"] = {"path": newest[0], "changed": newest[1]["changed"]}
    module = re.search(r"(\d+) +(/\S*mod_wsgi\S*\.so)( \(deleted\))?$", maps, re.M)
    if module:
        running["module"] = module.group(2)
        now = os.stat(module.group(2)).st_ino if os.path.exists(module.group(2)) else None
        running["stale"] = bool(module.group(3)) or now != int(module.group(1))
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/cmdline" % pid, "rb") as opened:
                shown = opened.read().split(bytes(1))[0].decode("utf-8", "replace").rstrip()
            if shown in titles:
                user = named(pwd.getpwuid, os.stat("/proc/" + pid).st_uid)
                running["daemons"].append({"pid": int(pid), "user": user, "title": shown, "since": started(pid)})
        except OSError:
            continue
    return running
`
