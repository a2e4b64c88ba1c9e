/**
 * Both logs of a site as one, in the order of time; `E` or `A` in front of each line. A secret that the site has as a
 * setting is masked here, before it leaves the host. Follows until nobody reads any more: then stdin ends.
 */
export const logsScript = String.raw`
import datetime, json, os, re, select, sys, time
asked = json.loads(sys.argv[1])
with open(asked["manifest"], encoding="utf-8") as opened:
    site = json.load(opened)
kinds = [("E", site["logs"]["error"]), ("A", site["logs"]["access"])]
months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
error = re.compile(r"\[\w+ (\w+) +(\d+) (\d+):(\d+):(\d+)\.?(\d*) (\d+)\]")
access = re.compile(r"\[(\d+)/(\w+)/(\d+):(\d+):(\d+):(\d+) ([+-])(\d\d)(\d\d)\]")

def masks():
    try:
        with open(site["settings"], encoding="utf-8") as opened:
            known = json.load(opened)
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as problem:
        sys.exit("%s cannot be read, so its secrets could not be masked: %s" % (site["settings"], problem))
    values = [known[name] for name in site["secrets"] if len(known.get(name, "")) >= 4]
    return sorted({form for value in values for form in (value, json.dumps(value)[1:-1], repr(value)[1:-1])}, key=len, reverse=True)

secrets = masks()

def masked(line):
    for value in secrets:
        line = line.replace(value, "[secret]")
    return line

def moment(kind, line):
    found = (error if kind == "E" else access).search(line[:200] if kind == "E" else line)
    if not found:
        return None
    part = found.groups()
    try:
        if kind == "E":
            month, day, hour, minute, second, micro, year = part
            at = time.mktime((int(year), months.index(month) + 1, int(day), int(hour), int(minute), int(second), 0, 0, -1))
            return at + float("0." + (micro or "0"))
        day, month, year, hour, minute, second, sign, hours, minutes = part
        utc = datetime.datetime(int(year), months.index(month) + 1, int(day), int(hour), int(minute), int(second), tzinfo=datetime.timezone.utc)
        return utc.timestamp() - (int(hours) * 3600 + int(minutes) * 60) * (1 if sign == "+" else -1)
    except (ValueError, OverflowError):
        return None

class Log:
    def __init__(self, kind, path):
        self.kind, self.path, self.at, self.inode, self.rest, self.last = kind, path, 0, None, b"", 0.0
    def read(self, most):
        try:
            with open(self.path, "rb") as opened:
                st = os.fstat(opened.fileno())
                if self.inode is None:
                    self.at = max(0, st.st_size - most)
                elif st.st_ino != self.inode or st.st_size < self.at:
                    self.at, self.rest = 0, b""
                self.inode = st.st_ino
                opened.seek(self.at)
                got = opened.read(most)
        except OSError:
            return []
        self.at += len(got)
        whole, _, self.rest = (self.rest + got).rpartition(b"\n")
        lines = []
        for line in whole.decode("utf-8", "replace").split("\n") if whole else []:
            # a line without a time goes on with the one before it
            self.last = moment(self.kind, line) or self.last
            lines.append((self.last, self.kind, line[:3900]))
        return lines

logs = [Log(kind, path) for kind, path in kinds]
since = time.time() - asked["since"] if asked["since"] is not None else None

def show(lines):
    for _, kind, line in lines:
        sys.stdout.write("%s %s\n" % (kind, masked(line)))
    sys.stdout.flush()

found = sorted((line for log in logs for line in log.read(4000000)), key=lambda line: line[0])
found = [line for line in found if since is None or line[0] >= since]
show(found if asked["lines"] is None else found[-asked["lines"]:] if asked["lines"] else [])
while asked["follow"]:
    if select.select([0], [], [], 0.25)[0] and not os.read(0, 4096):
        break
    show(sorted((line for log in logs for line in log.read(1000000)), key=lambda line: line[0]))
`
