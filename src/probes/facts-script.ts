import { apacheFacts } from './facts-apache-script.js'

/**
 * Asked of the host's own python3 (always there on Ubuntu): one process that answers every question about files,
 * folders, accounts and Apache's run-time state. It only reads. It holds no single quote, so that it can stand between
 * two of them in a shell script, and runs on Python 3.6 and later.
 */
export const factsScript = String.raw`
import base64, grp, hashlib, json, os, pwd, re, stat, sys, time

KINDS = {stat.S_IFREG: "file", stat.S_IFDIR: "directory", stat.S_IFLNK: "link"}
CONTENT_LIMIT = 262144

def named(lookup, number):
    try:
        return lookup(number)[0]
    except KeyError:
        return str(number)

def look(path):
    try:
        st = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    found = {
        "kind": KINDS.get(stat.S_IFMT(st.st_mode), "other"),
        "mode": format(stat.S_IMODE(st.st_mode), "04o"),
        "owner": named(pwd.getpwuid, st.st_uid),
        "group": named(grp.getgrgid, st.st_gid),
        "size": st.st_size,
        "links": st.st_nlink,
        "changed": st.st_ctime_ns // 1000,
        "modified": st.st_mtime_ns // 1000,
    }
    if found["kind"] == "link":
        found["target"] = os.readlink(path)
        found["leads"] = os.path.realpath(path) if os.path.exists(path) else None
    return found

def regular(path):
    # what was looked at may be a link or a FIFO by now, where others can write the folder
    opened = os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")
    if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
        raise OSError("%s is no regular file any more" % os.fsdecode(path))
    return opened

def digest(path):
    hashed = hashlib.sha256()
    with regular(path) as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            hashed.update(block)
    return hashed.hexdigest()

def file(path, content):
    found = look(path)
    if found and found["kind"] == "file":
        found["sha256"] = digest(path)
        if content and found["size"] <= CONTENT_LIMIT:
            with regular(path) as opened:
                found["content"] = base64.b64encode(opened.read()).decode("ascii")
    return found

def way(path):
    at, todo, links = "/", path.strip("/").split("/"), 0
    while todo:
        st = os.lstat(at)
        if st.st_uid or st.st_mode & stat.S_IWOTH or (st.st_mode & stat.S_IWGRP and st.st_gid):
            return dict(look(at), path=at)
        name = todo.pop(0)
        inside = os.path.normpath(os.path.join(at, name))
        found = look(inside)
        if found is None:
            return None
        if found["kind"] == "link" and links < 40:
            links += 1
            at = "/" if found["target"].startswith("/") else at
            todo = [part for part in found["target"].split("/") if part not in ("", ".")] + todo
        else:
            at = inside
    return None

def tree(path):
    if not os.path.isdir(path):
        return None
    entries, loose = [], []
    for folder, folders, names in os.walk(os.fsencode(path)):
        if b"__pycache__" in folders:
            folders.remove(b"__pycache__")
        linked = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        for name in [b"."] + names + linked:
            full = folder if name == b"." else os.path.join(folder, name)
            st = os.lstat(full)
            wanted = 0o755 if stat.S_ISDIR(st.st_mode) or st.st_mode & 0o111 else 0o644
            if st.st_uid or st.st_gid or (not stat.S_ISLNK(st.st_mode) and stat.S_IMODE(st.st_mode) != wanted):
                loose.append(os.fsdecode(full))
            if name == b".":
                continue
            if stat.S_ISLNK(st.st_mode):
                entries.append((os.path.relpath(full, os.fsencode(path)), b"l", os.readlink(full)))
            elif not stat.S_ISREG(st.st_mode):
                entries.append((os.path.relpath(full, os.fsencode(path)), b"o", b""))  # reading a FIFO would not end
            else:
                kind = b"x" if st.st_mode & 0o111 else b"f"
                entries.append((os.path.relpath(full, os.fsencode(path)), kind, digest(full).encode("ascii")))
    total = hashlib.sha256()
    for name, kind, payload in sorted(entries):
        total.update(kind + b" " + name + b"\0" + payload + b"\n")
    return {"hash": total.hexdigest(), "files": len(entries), "loose": sorted(loose)[:5]}

def release(root):
    current = look(os.path.join(root, "current"))
    folders = os.path.join(root, "releases")
    names = sorted(os.listdir(folders)) if os.path.isdir(folders) else []
    target = current.get("target") if current else None
    found = {"current": current, "names": names, "tree": None}
    if target:
        found["tree"] = tree(os.path.join(root, target))
    return found

def account(name):
    try:
        user = pwd.getpwnam(name)
    except KeyError:
        return None
    return {"uid": user.pw_uid, "gid": user.pw_gid, "group": named(grp.getgrgid, user.pw_gid), "home": user.pw_dir, "shell": user.pw_shell}

def group(name):
    try:
        return {"gid": grp.getgrnam(name).gr_gid}
    except KeyError:
        return None

def listing(path):
    if not os.path.isdir(path):
        return []
    return [dict(look(os.path.join(path, name)), name=name) for name in sorted(os.listdir(path))]

def unit(name):
    etc = "/etc/systemd/system/"
    masks = [os.path.realpath(folder + name) for folder in (etc, "/run/systemd/system/")]
    return {"enabled": os.path.exists(etc + "multi-user.target.wants/" + name), "masked": "/dev/null" in masks}

def host(paths):
    release = {}
    if os.path.exists("/etc/os-release"):
        with open("/etc/os-release", encoding="utf-8", errors="replace") as opened:
            for line in opened:
                key, _, value = line.strip().partition("=")
                release[key] = value.strip(chr(34) + chr(39))
    machine_id = ""
    if os.path.exists("/etc/machine-id"):
        with open("/etc/machine-id") as opened:
            machine_id = opened.read().strip()
    free = []
    for path in paths:
        while not os.path.exists(path):
            path = os.path.dirname(path)
        fs = os.statvfs(path)
        # a file system that makes inodes as it needs them says that it has none at all
        inodes = fs.f_favail if fs.f_files else None
        free.append({"path": path, "bytes": fs.f_bavail * fs.f_frsize, "inodes": inodes, "readOnly": bool(fs.f_flag & os.ST_RDONLY)})
    with open("/proc/meminfo") as opened:
        memory = {key: int(value.split()[0]) * 1024 for key, _, value in (line.partition(":") for line in opened)}
    return {
        "id": release.get("ID", ""),
        "version": release.get("VERSION_ID", ""),
        "name": release.get("PRETTY_NAME", ""),
        "machine": os.uname().machine,
        "machineId": machine_id,
        "systemd": os.path.isdir("/run/systemd/system"),
        "python": "%d.%d" % sys.version_info[:2],
        "free": free,
        "memory": memory.get("MemAvailable", 0) + memory.get("SwapFree", 0),
        "clock": int(time.time()),
    }

${apacheFacts}
ASKED = {"file": file, "release": release, "tree": tree, "account": account, "group": group, "listing": listing, "unit": unit,
         "vhosts": vhosts, "host": host, "listeners": listeners, "listens": listens, "embedded": embedded, "taken_over": taken_over,
         "apache": apache, "look": look, "way": way}
answers = []
for name, arguments in json.loads(sys.argv[1]):
    try:
        answers.append({"ok": ASKED[name](*arguments)})
    except Exception as problem:
        answers.append({"error": "%s: %s" % (type(problem).__name__, problem)})
print(json.dumps(answers))
`
