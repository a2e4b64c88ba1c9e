/** Part of the doctor's script: the end of a log, each line with its time. */
export const doctorLogs = String.raw`
TAIL = 204800

def cut(line):
    return line[:1500]

def tail(path):
    if not os.path.isfile(path):
        return ""
    with open(path, "rb") as opened:
        opened.seek(max(0, os.path.getsize(path) - TAIL))
        return opened.read(TAIL).decode("utf-8", "replace")

def time_of(line):
    # [Mon Nov 30 09:06:14.407733 2026], in the time of the host
    at = re.match(r"\[\w{3} (\w{3} +\d+ \d\d:\d\d:\d\d)(\.\d+)? (\d{4})\]", line)
    try:
        return time.mktime(time.strptime("%s %s" % (at.group(1), at.group(3)), "%b %d %H:%M:%S %Y")) + float(at.group(2) or 0) if at else None
    except (ValueError, OverflowError):
        return None

def lines(path, since):
    # what Python says when it cannot begin has no time: it belongs to the line before
    found, at = [], 0
    for line in tail(path).splitlines():
        at = time_of(line) or at
        if line.strip() and at >= since:
            found.append({"at": at, "text": cut(line)})
    return found[-3000:]
`
