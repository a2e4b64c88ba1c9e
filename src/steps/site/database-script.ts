/**
 * What copies SQLite databases with SQLite's own online backup, which sees what a WAL file holds and waits for whoever
 * writes. Python 3.6 does not offer it, so the library is called. A database is the account's, whatever is in it: it is
 * opened, judged and written in a process that has become the account for good, and root only handles bytes.
 */
export const databaseScript = String.raw`
import ctypes, grp, hashlib, json, os, pwd, shutil, stat, sys, time

asked = json.loads(sys.argv[1])
READ_WRITE, CREATE = 2, 4
FULL, BUSY, LOCKED, CORRUPT, NOT_A_DATABASE, ROW, DONE = 13, 5, 6, 11, 26, 100, 101
sqlite = ctypes.CDLL("libsqlite3.so.0")
pointer, text = ctypes.c_void_p, ctypes.c_char_p
for name, answer, given in (
    ("errstr", text, (ctypes.c_int,)),
    ("open_v2", ctypes.c_int, (text, ctypes.POINTER(pointer), ctypes.c_int, text)),
    ("close", ctypes.c_int, (pointer,)),
    ("busy_timeout", ctypes.c_int, (pointer, ctypes.c_int)),
    ("errcode", ctypes.c_int, (pointer,)),
    ("prepare_v2", ctypes.c_int, (pointer, text, ctypes.c_int, ctypes.POINTER(pointer), pointer)),
    ("step", ctypes.c_int, (pointer,)),
    ("column_text", text, (pointer, ctypes.c_int)),
    ("finalize", ctypes.c_int, (pointer,)),
    ("backup_init", pointer, (pointer, text, pointer, text)),
    ("backup_step", ctypes.c_int, (pointer, ctypes.c_int)),
    ("backup_finish", ctypes.c_int, (pointer,)),
):
    function = getattr(sqlite, "sqlite3_" + name)
    function.restype, function.argtypes = answer, given

class Damaged(Exception):
    pass

def must(code, wanted=0):
    code &= 255
    if code == wanted:
        return
    said = "No space left on device" if code == FULL else sqlite.sqlite3_errstr(code).decode("utf-8", "replace")
    raise (Damaged if code in (CORRUPT, NOT_A_DATABASE) else OSError)(said)

class Database:
    def __init__(self, path, flags):
        self.handle = pointer()
        code = sqlite.sqlite3_open_v2(os.fsencode(path), ctypes.byref(self.handle), flags, None)
        sqlite.sqlite3_busy_timeout(self.handle, 5000)
        try:
            must(code)
        except Exception:
            self.close()
            raise

    def close(self):
        sqlite.sqlite3_close(self.handle)

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        self.close()

    def take(self, source):
        """All of it at once: copied in pieces, it would begin anew whenever somebody writes."""
        backup = sqlite.sqlite3_backup_init(self.handle, b"main", source.handle, b"main")
        if not backup:
            must(sqlite.sqlite3_errcode(self.handle))
        deadline = time.monotonic() + asked["patience"]
        code = sqlite.sqlite3_backup_step(backup, -1)
        while code & 255 in (BUSY, LOCKED) and time.monotonic() < deadline:
            time.sleep(0.05)
            code = sqlite.sqlite3_backup_step(backup, -1)
        sqlite.sqlite3_backup_finish(backup)
        must(code, DONE)

    def check(self):
        statement, lines = pointer(), []
        must(sqlite.sqlite3_prepare_v2(self.handle, b"PRAGMA integrity_check(20)", -1, ctypes.byref(statement), None))
        code = sqlite.sqlite3_step(statement)
        while code == ROW:
            lines.append((sqlite.sqlite3_column_text(statement, 0) or b"").decode("utf-8", "replace"))
            code = sqlite.sqlite3_step(statement)
        sqlite.sqlite3_finalize(statement)
        must(code, DONE)
        if lines != ["ok"]:
            raise Damaged("\n".join(lines))

uid, gid = pwd.getpwnam(asked["user"]).pw_uid, grp.getgrnam(asked["group"]).gr_gid

def as_account(work, *given):
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(gid)
                os.setuid(uid)
            os.umask(0o027)
            os.chdir("/")
            answer = {"done": work(*given)}
        except Damaged as problem:
            answer = {"damaged": str(problem)}
        except BaseException as problem:
            answer = {"failed": str(problem)}
        with os.fdopen(writing, "w") as opened:
            json.dump(answer, opened)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as opened:
        said = opened.read(1000000)
    os.waitpid(child, 0)
    answer = json.loads(said or '{"failed": "the process that was to do it was ended"}')
    if "damaged" in answer:
        raise Damaged(answer["damaged"])
    if "failed" in answer:
        raise OSError(answer["failed"])
    return answer["done"]

def copied(source, target):
    """Bytes, from one open file to another; answers their hash."""
    sha256 = hashlib.sha256()
    for block in iter(lambda: source.read(1 << 20), b""):
        sha256.update(block)
        target.write(block)
    target.flush()
    os.fsync(target.fileno())
    return sha256.hexdigest()

def sync(folder):
    opened = os.open(folder, os.O_RDONLY)
    os.fsync(opened)
    os.close(opened)

class Scratch:
    """A folder of the account in a place of root's, for the time of the work."""
    def __enter__(self):
        self.path = asked["scratch"]
        shutil.rmtree(self.path, ignore_errors=True)
        os.mkdir(self.path, 0o700)
        os.chown(self.path, uid, gid)
        self.opened = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        return self

    def __exit__(self, *problem):
        os.close(self.opened)
        shutil.rmtree(self.path, ignore_errors=True)

    def reading(self, name):
        opened = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=self.opened)
        if not stat.S_ISREG(os.fstat(opened).st_mode):
            os.close(opened)
            raise OSError("it was exchanged meanwhile")
        return os.fdopen(opened, "rb")

    def writing(self, name):
        opened = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=self.opened)
        os.fchown(opened, uid, gid)
        return os.fdopen(opened, "wb")

def is_there(path):
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return False
    if not stat.S_ISREG(found.st_mode):
        raise OSError("it is not a regular file")
    return True
`
