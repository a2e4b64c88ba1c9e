import { z } from 'zod'
import type { Probe } from '../core/probe.js'
import { quote } from '../core/quote.js'
import { list, readAs, text } from './facts.js'

/** Configuration and scripts of people are small; one of them may be hostile. */
const mostText = 262_144

const file = z.object({
  enabled: text,
  path: text,
  text: z.string().max(mostText),
  sha256: text,
})

const script = z.object({ path: text, text: z.string().max(mostText), sha256: text })

const sites = z.object({
  /** What is enabled, in the order in which Apache reads it. */
  files: list(file),
  /** WSGI scripts that these name. */
  scripts: list(script),
  /** What could not be read, and why. */
  unread: list(z.object({ path: text, why: text })),
  /** mod_wsgi of the distribution, where that is what Apache loads. */
  distribution: z.boolean(),
})

export type ByHandSites = z.output<typeof sites>

const READ = `
import base64, hashlib, json, os, re, stat, sys

def read(path):
    # a FIFO is not waited for
    opened = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(opened, "rb") as source:
        if not stat.S_ISREG(os.fstat(source.fileno()).st_mode):
            raise OSError("it is not a regular file")
        content = source.read(${mostText} + 1)
    if len(content) > ${mostText}:
        raise OSError("it is larger than ${mostText} bytes")
    try:
        return content.decode("utf-8"), hashlib.sha256(content).hexdigest()
    except UnicodeDecodeError:
        raise OSError("it is not UTF-8")

def why(problem):
    return problem.strerror or str(problem)
`

const SITES = `${READ}
root = sys.argv[1]
folder = os.path.join(root, "sites-enabled")
found = {"files": [], "scripts": [], "unread": [], "distribution": False}
room = ${8 * mostText}
names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
for name in names[:500]:
    if not name.endswith(".conf"):
        continue
    enabled = os.path.join(folder, name)
    path = os.path.realpath(enabled)
    try:
        text, digest = read(path)
    except OSError as problem:
        found["unread"].append({"path": enabled, "why": why(problem)})
        continue
    if not re.search("(?i)wsgi", text):
        continue
    room -= len(text)
    if room < 0:
        found["unread"].append({"path": enabled, "why": "there is too much before it"})
        continue
    found["files"].append({"enabled": enabled, "path": path, "text": text, "sha256": digest})
named = set()
for one in found["files"]:
    for line in re.sub(r"\\\\\\r?\\n", " ", one["text"]).splitlines():
        match = re.match(r"(?i)\\s*WSGIScriptAlias\\s+\\S+\\s+(\\S+)", line)
        if match:
            named.add(match.group(1).strip(chr(34) + chr(39)))
for path in sorted(named)[:100]:
    if not path.startswith("/"):
        continue
    try:
        text, digest = read(path)
        room -= len(text)
        if room < 0:
            raise OSError("there is too much before it")
        found["scripts"].append({"path": path, "text": text, "sha256": digest})
    except OSError as problem:
        found["unread"].append({"path": path, "why": why(problem)})
try:
    with open(os.path.join(root, "mods-enabled/wsgi.load"), encoding="utf-8", errors="replace") as opened:
        found["distribution"] = "/usr/lib/apache2/modules/" in opened.read(65536)
except OSError:
    pass
print(json.dumps(found))
`

/**
 * Every site that Apache reads, and the WSGI scripts that these name. Changes nothing.
 *
 * @param root Apache's ServerRoot
 */
export const byHandSites = (root = '/etc/apache2'): Probe<ByHandSites> => ({
  ask: { sh: `python3 -I -S -c ${quote(SITES)} ${quote(root)}` },
  as: 'root',
  parse: ({ stdout }) => readAs('sites', sites, stdout),
})

const surroundings = z.object({
  /** What lies at each path that was asked for: `file`, `directory`, or nothing. */
  kinds: z.record(text, z.enum(['file', 'directory']).nullable()),
  /** SQLite databases in the folders, or named in files there, that the account can write. */
  databases: list(text),
  /** Those that it cannot write. */
  closed: list(text),
})

export type ByHandSurroundings = z.output<typeof surroundings>

/** Bounded, because it may be anything that lies there; no link is followed. */
const AROUND = `${READ}
import grp, itertools, pwd
paths, folders, user, group = json.loads(sys.argv[1])
SKIPPED = {"node_modules", "__pycache__", "site-packages"}
READABLE = (".py", ".cfg", ".ini", ".env", ".toml", ".json", ".yml", ".yaml", ".wsgi")

def kind(path):
    return "directory" if os.path.isdir(path) else "file" if os.path.isfile(path) else None

def is_database(path):
    try:
        status = os.lstat(path)
        if not stat.S_ISREG(status.st_mode):
            return False
        with open(path, "rb") as opened:
            return opened.read(16) == b"SQLite format 3" + bytes(1)
    except OSError:
        return False

def account():
    try:
        entry = pwd.getpwnam(user)
        return entry.pw_uid, grp.getgrnam(group).gr_gid
    except KeyError:
        return None, None

UID, GID = account()

def writable(path):
    status = os.lstat(path)
    wanted = 3 if stat.S_ISDIR(status.st_mode) else 6
    shift = 6 if status.st_uid == UID else 3 if status.st_gid == GID else 0
    return status.st_mode >> shift & wanted == wanted

def files_in(folders):
    for top in folders:
        for folder, inner, names in os.walk(top):
            inner[:] = sorted(name for name in inner if name not in SKIPPED and not name.startswith(".")
                              and not os.path.exists(os.path.join(folder, name, "pyvenv.cfg")))
            if folder[len(top):].count("/") >= 5:
                inner[:] = []
            yield None
            for name in sorted(names):
                yield os.path.join(folder, name)

candidates, files = set(), 0
for path in itertools.islice(files_in(folders), 5000):
    if path is None or len(candidates) > 1000:
        continue
    if path.endswith((".db", ".sqlite", ".sqlite3", ".db3")):
        candidates.add(path)
    elif path.endswith(READABLE) and files < 500:
        files += 1
        try:
            text, _ = read(path)
        except OSError:
            continue
        candidates.update(re.findall(r"(?:sqlite:///)?(/[A-Za-z0-9_@+=.-][A-Za-z0-9_@+=./-]{1,500})(?=[\\x22\\x27\\n])", text))
databases, closed = [], []
for path in sorted(candidates)[:1000]:
    path = os.path.normpath(path)
    if is_database(path) and os.path.realpath(path) == path:
        (databases if writable(path) and writable(os.path.dirname(path)) else closed).append(path)
print(json.dumps({"kinds": {path: kind(path) for path in paths}, "databases": sorted(set(databases))[:50], "closed": sorted(set(closed))[:50]}))
`

/**
 * What lies at paths that a site names, and the databases of its code. Changes nothing.
 *
 * @param paths absolute
 * @param folders absolute: of the code
 * @param user account of the processes
 * @param group of these
 */
export const byHandSurroundings = (
  paths: readonly string[],
  folders: readonly string[],
  user: string,
  group: string,
): Probe<ByHandSurroundings> => ({
  ask: { sh: `python3 -I -S -c ${quote(AROUND)} ${quote(JSON.stringify([paths, folders, user, group]))}` },
  as: 'root',
  parse: ({ stdout }) => readAs('surroundings', surroundings, stdout),
})
