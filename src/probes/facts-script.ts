import { apacheFacts } from './facts-apache-script.js'
import { treeFacts } from './tree-script.js'

/**
 * Asked of the host's own python3 (always there on Ubuntu): one process that answers every question about files,
 * folders, accounts and Apache's run-time state. It only reads. It holds no single quote, so that it can stand between
 * two of them in a shell script, and runs on Python 3.6 and later.
 */
export const factsScript = String.raw`
import base64, binascii, grp, hashlib, json, os, pwd, re, stat, sys, time

KINDS = {stat.S_IFREG: "file", stat.S_IFDIR: "directory", stat.S_IFLNK: "link"}
CONTENT_LIMIT = 262144

def named(lookup, number):
    try:
        return lookup(number)[0]
    except KeyError:
        return str(number)

def mount_points():
    with open("/proc/self/mountinfo", "rb") as opened:
        written = [line.split(b" ")[4] for line in opened]
    return {re.sub(rb"\\(\d{3})", lambda found: bytes([int(found.group(1), 8)]), path) for path in written}

MOUNTED = mount_points()

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
    elif os.fsencode(os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))) in MOUNTED:
        found["mounted"] = True
    if found["kind"] == "directory" and os.statvfs(path).f_flag & os.ST_RDONLY:
        found["readOnly"] = True
    return found

def mounts(path):
    top = os.fsencode(os.path.realpath(path))
    return sorted(os.fsdecode(one) for one in MOUNTED if one == top or one.startswith(top + b"/"))

${treeFacts}
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

def built(release):
    try:
        with regular(os.path.join(os.path.dirname(release), ".%s.built" % os.path.basename(release))) as opened:
            found = json.loads(opened.read(4096).decode("utf-8"))
        return {"mark": str(found["mark"]), "hash": str(found["hash"])}
    except (OSError, ValueError, KeyError, TypeError):
        return None

def release(root, hashed):
    current = look(os.path.join(root, "current"))
    folders = os.path.join(root, "releases")
    names = sorted(os.listdir(folders)) if os.path.isdir(folders) else []
    target = current.get("target") if current else None
    same = [os.path.join("releases", name) for name in names if hashed and name.endswith("-" + hashed)][-1:]
    base = next((folder for folder in same + [target] if folder and os.path.isdir(os.path.join(root, folder))), None)
    trees = {folder: tree(os.path.join(root, folder)) for folder in {target, base} - {None}}
    found = {"current": current, "names": names, "tree": None, "built": None, "base": None}
    if target:
        found["built"] = built(os.path.join(root, target))
    if trees.get(target):
        found["tree"] = {key: value for key, value in trees[target].items() if key != "digests"}
    if base:
        found["base"] = {"folder": base, "digests": trees[base]["digests"]}
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
        with open("/etc/machine-id", encoding="utf-8") as opened:
            machine_id = opened.read().strip()
    free = []
    for path in paths:
        while not os.path.exists(path):
            path = os.path.dirname(path)
        fs = os.statvfs(path)
        # a file system that makes inodes as it needs them says that it has none at all
        inodes = fs.f_favail if fs.f_files else None
        free.append({"path": path, "bytes": fs.f_bavail * fs.f_frsize, "inodes": inodes, "readOnly": bool(fs.f_flag & os.ST_RDONLY)})
    with open("/proc/meminfo", encoding="utf-8") as opened:
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
ASKED = {"file": file, "release": release, "account": account, "group": group, "listing": listing, "unit": unit,
         "vhosts": vhosts, "host": host, "listeners": listeners, "listens": listens, "embedded": embedded, "taken_over": taken_over,
         "apache": apache, "look": look, "way": way, "mounts": mounts, "directives": directives, "hosts_on_port": hosts_on_port}
answers = []
for name, arguments in json.loads(sys.argv[1]):
    try:
        answers.append({"ok": ASKED[name](*arguments)})
    except Exception as problem:
        answers.append({"error": "%s: %s" % (type(problem).__name__, problem)})
print(json.dumps(answers))
`
