/** Part of the doctor's script: files, and what an account may do with them, which is asked as that account. */
export const doctorFiles = String.raw`
def named(lookup, number):
    try:
        return lookup(number)[0]
    except KeyError:
        return str(number)

def has_account(user):
    try:
        return bool(pwd.getpwnam(user))
    except KeyError:
        return False

def as_user(who, ask):
    if not has_account(who["user"]):
        return None
    try:
        gid = grp.getgrnam(who["group"]).gr_gid
    except KeyError:
        return None
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.initgroups(who["user"], gid)
            os.setgid(gid)
            os.setuid(pwd.getpwnam(who["user"]).pw_uid)
            os.write(writing, json.dumps(ask()).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as opened:
        said = opened.read()
    os.waitpid(child, 0)
    return json.loads(said.decode()) if said else None

def parents(path):
    parts = path.strip("/").split("/")[:-1]
    return ["/" + "/".join(parts[:count + 1]) for count in range(len(parts))]

def there(path):
    try:
        return bool(os.lstat(path))
    except PermissionError:
        return True
    except OSError:
        return False

def denied(path, mode):
    # a folder on the way that cannot be entered hides whether anything is in it
    for folder in parents(path) + parents(os.path.realpath(path)):
        if not there(folder):
            return {"path": folder, "why": "missing"}
        if not os.access(folder, os.X_OK):
            return {"path": folder, "why": "closed"}
    if not os.path.exists(path):
        return {"path": path, "why": "missing"}
    if os.access(path, mode):
        return None
    return {"path": path, "why": "closed" if mode == os.X_OK else "write" if mode & os.W_OK else "read"}

def gone(path):
    return path if path is not None and not os.path.exists(path) else None

def venv(group):
    path = group["venv"]
    versions = [os.path.basename(one)[6:] for one in glob.glob(path + "/lib/python3.*")]
    pips = [os.path.basename(one).split("-")[1] for one in glob.glob(path + "/lib/python3.*/site-packages/pip-*.dist-info")]
    whole = os.path.exists(path + "/bin/python") and os.path.exists(path + "/pyvenv.cfg")
    return {"path": path, "denied": as_user(group, lambda: denied(path, os.X_OK)), "whole": whole,
            "python": versions[0] if len(versions) == 1 else None, "pip": pips[0][:20].replace(".dist", "") if pips else None}

def script(asked, path):
    own, syntax = asked["who"], None
    try:
        ast.parse(text_of(path), path)
    except (SyntaxError, ValueError) as problem:
        syntax = "%s: %s" % (type(problem).__name__, problem)
    enter = lambda: denied(path, os.R_OK)
    closed = as_user({"user": "www-data", "group": "www-data"}, enter)
    return {"path": path, "user": own["user"], "denied": as_user(own, enter), "syntax": syntax,
            "closed": closed if closed and closed["why"] == "closed" else None}

def database(asked, path):
    own = asked["who"]
    def wanted():
        folder = denied(os.path.dirname(path), os.X_OK)
        if folder or not os.access(os.path.dirname(path), os.W_OK):
            return folder or {"path": os.path.dirname(path), "why": "write"}
        for name in (path, path + "-wal", path + "-shm", path + "-journal"):
            if there(name) and not os.access(name, os.R_OK | os.W_OK):
                return {"path": name, "why": "write"}
        return None
    times = [os.lstat(one).st_ctime for one in (path, os.path.dirname(path)) if os.path.lexists(one)]
    mounted = [row.split()[1:3] for row in text_of("/proc/mounts").splitlines()]
    its = [(len(at), kind) for at, kind in mounted if (os.path.realpath(path) + "/").startswith(at.rstrip("/") + "/")]
    return {"path": path, "user": own["user"], "denied": as_user(own, wanted), "changed": max(times or [0]), "fileSystem": max(its or [(0, "")])[1]}

RANDOM = re.compile(r"(?i)secret_key\W{1,6}\s*(os\.urandom|secrets\.token|uuid)")

def random_key(asked, known):
    if "SECRET_KEY" in known:
        return None
    left = 1000
    for folder, folders, names in os.walk(os.path.realpath(asked["code"])):
        folders[:] = [name for name in folders if name not in ("node_modules", "tests", "venv", ".venv", "site-packages", "__pycache__") and left > 0]
        its = [name for name in names if name.endswith(".py")][:left]
        left -= len(its)
        for name in its:
            for number, line in enumerate(text_of(os.path.join(folder, name)).splitlines(), 1):
                if RANDOM.search(line) and "environ" not in line and not line.lstrip().startswith("#"):
                    return "%s, line %d" % (os.path.join(folder, name), number)
    return None

def settings(asked):
    try:
        known = json.loads(text_of(asked["settings"]))
    except ValueError:
        known = {}
    values = {key: str(value) for key, value in known.items()} if isinstance(known, dict) else {}
    loose = [key for key, value in values.items() if re.match(r"sqlite:///(?!/|:memory:|$)|sqlite:////tmp/|/(var/)?tmp/.*\.(db|sqlite3?)$", value)]
    # a script of somebody else may need none
    is_read = any(asked["settings"] in text_of(path) for path in asked["scripts"])
    closed = as_user(asked["who"], lambda: denied(asked["settings"], os.R_OK)) if is_read else None
    return {"user": asked["who"]["user"], "denied": closed, "loosePaths": sorted(loose)[:20],
            "randomKey": random_key(asked, values), "secureCookie": values.get("SESSION_COOKIE_SECURE", "").lower() in ("1", "true", "yes", "on")}

def disks(asked):
    found = {}
    for path in [asked["root"]] + asked["sqlite"] + ["/var/log/apache2", "/var/lib", "/run", "/tmp"]:
        while not os.path.exists(path):
            path = os.path.dirname(path)
        fs = os.statvfs(path)
        # a folder may be mounted once more, and read-only, from the same disk
        frozen = bool(fs.f_flag & os.ST_RDONLY)
        found.setdefault((os.stat(path).st_dev, frozen), {"path": path, "bytes": fs.f_bavail * fs.f_frsize,
                                                          "inodes": fs.f_favail if fs.f_files else None, "readOnly": frozen})
    return list(found.values())

def holder(path):
    # F_GETLK asks who has the lock, and takes it from nobody
    try:
        with open(path, "rb") as opened:
            kind, _, _, _, pid = struct.unpack("hhqqi4x", fcntl.fcntl(opened, fcntl.F_GETLK, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0)))
    except OSError:
        return None
    return None if kind == fcntl.F_UNLCK else "%s (pid %d)" % (text_of("/proc/%d/comm" % pid).strip() or "a process", pid)

def packages():
    needed = {"apache2-dev (apxs)": "/usr/bin/apxs", "python3-dev (Python.h)": "/usr/include/python3*/Python.h", "gcc": "/usr/bin/gcc"}
    held = holder("/var/lib/dpkg/lock-frontend") or holder("/var/lib/dpkg/lock")
    updates = [name for name in os.listdir("/var/lib/dpkg/updates") if name.isdigit()] if os.path.isdir("/var/lib/dpkg/updates") else []
    half = re.findall(r"(?m)^Package: (\S+)\nStatus: \S+ \S+ (half-\S+|unpacked)$", text_of("/var/lib/dpkg/status", 16777216))
    told = "%s is %s" % half[0] if half else "/var/lib/dpkg/updates is not empty" if updates else None
    return {"missing": [name for name, path in needed.items() if not glob.glob(path)], "holder": held, "interrupted": None if held else told}
`
