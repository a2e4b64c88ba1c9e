import { judging } from './ask-script.js'

/** Errors that are shown; of logs that are longer than that only the end is read. */
const shownErrors = 5
const readBytes = 4_000_000

/** How a site is: its releases, processes, requests of the last hour and last errors. It only reads. */
export const statusScript = String.raw`
import datetime, json, os, pwd, re, ssl, sys, time

${judging}
with open(sys.argv[1], encoding="utf-8") as opened:
    site = json.load(opened)
now, ticks, page = time.time(), os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")

with open("/proc/stat", encoding="utf-8") as opened:
    booted = next(int(line.split()[1]) for line in opened if line.startswith("btime"))

def process(pid):
    with open("/proc/%s/stat" % pid, encoding="utf-8") as opened:
        fields = opened.read().rsplit(")", 1)[1].split()
    with open("/proc/%s/statm" % pid, encoding="utf-8") as opened:
        resident = int(opened.read().split()[1]) * page
    return {"pid": int(pid), "user": pwd.getpwuid(os.stat("/proc/" + pid).st_uid)[0], "bytes": resident,
            "since": int(booted + int(fields[19]) / ticks), "cpu": (int(fields[11]) + int(fields[12])) / ticks}

def processes(titles):
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/cmdline" % pid, "rb") as opened:
                shown = opened.read().split(bytes(1))[0].decode("utf-8", "replace").rstrip()
            if shown in titles:
                found.append(dict(process(pid), title=shown))
        except (OSError, KeyError):
            continue
    return found

def releases(root):
    found = []
    for name in sorted(os.listdir(root + "/releases")) if os.path.isdir(root + "/releases") else []:
        if name.startswith("."):
            continue
        origin = "%s/releases/.%s.origin" % (root, name)
        one = {"name": name}
        if os.path.isfile(origin):
            with open(origin, encoding="utf-8", errors="replace") as opened:
                one["origin"] = json.loads(opened.read(100000))
        found.append(one)
    return found

def lines(path):
    if not os.path.isfile(path):
        return []
    with open(path, "rb") as opened:
        opened.seek(max(0, os.path.getsize(path) - ${readBytes}))
        return opened.read(${readBytes}).decode("utf-8", "replace").splitlines()

STAMP = re.compile(r"\[(\d+)/(\w+)/(\d+):(\d+):(\d+):(\d+) ([+-])(\d\d)(\d\d)\] \"(?:[^\"\\]|\\.)*\" (\d)\d\d ")
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()

def seconds(found):
    day, month, year, hour, minute, second, sign, hours, minutes = found.groups()[:9]
    offset = (int(hours) * 3600 + int(minutes) * 60) * (1 if sign == "+" else -1)
    utc = datetime.datetime(int(year), MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second), tzinfo=datetime.timezone.utc)
    return int(utc.timestamp()) - offset

def requests(path):
    counts, last = {}, None
    for line in reversed(lines(path)):
        found = STAMP.search(line)
        if not found or found.group(2) not in MONTHS:
            continue
        at = seconds(found)
        last = at if last is None else last
        if at < now - 3600:
            break
        name = found.group(10) + "xx"
        counts[name] = counts.get(name, 0) + 1
    return {"counts": counts, "last": last}

def errors(path):
    bad = re.compile(r"\] \[(?:\w*:)?(?:emerg|alert|crit|error)\] ")
    told = re.compile(r"(?:^|\s|\.)(?:[A-Za-z_]\w*(?:Error|Exception|Warning)|SystemExit|KeyboardInterrupt)(?::|$)|AH\d{5}|[Tt]imeout|mod_wsgi \(pid")
    return [line[:1000] for line in lines(path) if bad.search(line) and told.search(line)][-${shownErrors}:]

def tls():
    known = site.get("tls")
    return {"certificate": certificate(known["certificate"], known.get("key", known["certificate"]))} if known else {}

def apache():
    try:
        with open("/run/apache2/apache2.pid", encoding="utf-8") as opened:
            return process(opened.read().strip())
    except (OSError, ValueError):
        return None

root, log = site["root"], site["logs"]
current = root + "/current"
disk = os.statvfs(root if os.path.isdir(root) else "/")
print(json.dumps(dict(tls(), **{
    "now": int(now),
    "apache": apache(),
    "enabled": os.path.exists(site["enabled"]) or "existingSite" in site,
    "current": os.path.basename(os.readlink(current)) if os.path.islink(current) else None,
    "releases": releases(root),
    "processes": processes([group["title"] for group in site["processGroups"] if "title" in group]),
    "requests": requests(log["access"]) if log["own"] else None,
    "errors": errors(log["error"]) if log["own"] else [],
    "free": disk.f_bavail * disk.f_frsize,
})))
`
