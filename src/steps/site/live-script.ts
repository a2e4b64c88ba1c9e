import { asking } from '../../probes/ask-script.js'
import { liveHazards } from './live-hazards.js'

/**
 * Run by the host's python3 with a JSON argument (no curl on a minimal 18.04). `before` remembers which sites answer
 * and how long the logs are; `after` asks them again, asks our site with a User-Agent that nobody else sends, and
 * reads from logs and processes who really answered. While Apache refuses its configuration it lists no sites: then
 * their names are read from the files.
 */
export const liveScript = String.raw`
import concurrent.futures, glob, hashlib, http.client, json, os, re, socket, ssl, subprocess, sys, threading, time, pwd

${liveHazards}
${asking}
def request(port, name, path, agent, seconds, address="127.0.0.1", size=2000, secure=None):
    try:
        connection = connected(address, port, name, seconds, port == 443 if secure is None else secure)
        shown = connection.sock.getpeercert(True) if connection.sock else None
        connection.request("GET", path, headers={"Host": name, "User-Agent": agent, "Connection": "close"})
        response = connection.getresponse()
        return {"status": response.status, "body": response.read(size).decode("utf-8", "replace"),
                "to": response.getheader("Location"), "shown": shown}
    except Exception as problem:
        return {"status": 0, "body": "%s: %s" % (type(problem).__name__, problem)}

def sites(own):
    shown = subprocess.run(["apache2ctl", "-t", "-D", "DUMP_VHOSTS"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    found, port = [], 80
    for line in shown.stdout.decode("utf-8", "replace").splitlines():
        at = re.match(r"\S+:(\d+)\s+(?:is a NameVirtualHost|(\S+) \((\S+):\d+\))", line)
        inner = re.match(r"\s+port (\d+) namevhost (\S+) \((\S+):\d+\)", line)
        if at:
            port = int(at.group(1))
        name, file = (inner.group(2), inner.group(3)) if inner else (at.group(2), at.group(3)) if at and at.group(2) else (None, None)
        if name and os.path.basename(file) != own:
            found.append((port, name))
    return sorted(set(found))[:500]

def written(own):
    found = set()
    for path in glob.glob("/etc/apache2/sites-enabled/*.conf"):
        if os.path.basename(path) == own or not os.path.isfile(path):
            continue
        with open(path, encoding="utf-8", errors="replace") as opened:
            text = opened.read()
        port = re.search(r"(?im)^\s*<VirtualHost\s[^>]*:(\d+)", text)
        found.update((int(port.group(1)) if port else 80, name) for name in re.findall(r"(?im)^\s*ServerName\s+(\S+)", text))
    return sorted(found)[:500]

def ask_all(wanted):
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda site: request(site[0], site[1], "/", "deploy-flask", 10), wanted)
        return [{"port": port, "name": name, "status": answer["status"]} for (port, name), answer in zip(wanted, answers)]

def size(path):
    return os.path.getsize(path) if os.path.exists(path) else 0

def tail(path, start):
    if not os.path.isfile(path):
        return []
    with open(path, "rb") as opened:
        opened.seek(start if start <= size(path) else 0)
        return opened.read(200000).decode("utf-8", "replace").splitlines()

def daemons(titles):
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/cmdline" % pid, "rb") as opened:
                shown = opened.read().split(bytes(1))[0].decode("utf-8", "replace").rstrip()
            if shown in titles:
                found.append({"title": shown, "user": pwd.getpwuid(os.stat("/proc/" + pid).st_uid)[0]})
        except (OSError, KeyError):
            continue
    return found

def settled(titles):
    # Apache starts a process that has ended anew within a second
    deadline = time.time() + 5
    while True:
        found = daemons(titles)
        if {one["title"] for one in found} == set(titles) or time.time() >= deadline:
            return found
        time.sleep(0.1)

def running():
    try:
        with open("/run/apache2/apache2.pid", encoding="utf-8") as opened:
            return os.path.exists("/proc/%d" % int(opened.read()))
    except (OSError, ValueError):
        return False

def has_died():
    # for a moment of a restart the file with its id is away, too
    deadline = time.time() + 1
    while not running():
        if time.time() >= deadline:
            return True
        time.sleep(0.1)
    return False

def unless_died(ask, seconds):
    # who has taken the port of an Apache that has ended may never answer; and who sends a byte now and then never ends
    answers, limit = [], time.time() + seconds + 1
    asking = threading.Thread(target=lambda: answers.append(ask()), daemon=True)
    asking.start()
    while asking.is_alive():
        asking.join(0.2)
        if asking.is_alive() and not running() and has_died():
            return {"status": 0, "body": "Apache has ended"}
        if asking.is_alive() and time.time() > limit:
            return {"status": 0, "body": "the answer has begun and does not end"}
    return answers[0]

def own_file(asked):
    return "/etc/apache2/sites-enabled/" + asked["own"]

def ask_own(asked, path, agent, seconds, size=2000):
    secure = speaks_tls(asked.get("tls"), own_file(asked))
    port = asked["tls"]["port"] if secure else asked["port"]
    return request(port, asked["name"], path, agent, seconds, asked["address"], size, secure)

def tls_fault(asked, answer):
    tls = asked.get("tls")
    if not speaks_tls(tls, own_file(asked)):
        return None
    wanted, shown = meant(tls["certificate"]), answer.get("shown")
    if wanted is None or shown != wanted:
        return {"why": "certificate", "shown": hashlib.sha256(shown or b"").hexdigest(), "meant": hashlib.sha256(wanted or b"").hexdigest()}
    if tls["redirect"]:
        plain = request(asked["port"], asked["name"], asked["path"], "deploy-flask", 20, asked["address"], secure=False)
        if plain["status"] != 301 or not (plain["to"] or "").startswith(tls["url"]):
            return {"why": "redirect", "shown": "status %s, Location %s" % (plain["status"], plain.get("to")), "meant": tls["url"]}
    return None

def ask_self(asked):
    enabled = os.path.exists(own_file(asked))
    return ask_own(asked, asked["path"], "deploy-flask", max(20, asked["within"] or 0))["status"] if enabled else None

def before(asked):
    if not os.path.exists("/usr/sbin/apache2ctl"):
        return {"installed": False, "running": False, "configtest": 0, "said": "", "hazards": [], "sites": [], "self": None, "marks": {}}
    test = subprocess.run(["apache2ctl", "configtest"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    up = running()
    known = sites if test.returncode == 0 else written
    return {"installed": True, "running": up, "configtest": test.returncode, "said": test.stdout.decode("utf-8", "replace")[-4000:],
            "hazards": hazards("/etc/apache2", asked["own"]),
            "sites": ask_all(known(asked["own"])) if up else [], "self": ask_self(asked) if up else None,
            "marks": {path: size(path) for path in asked["logs"]}}

def again(asked):
    own = [] if asked["self"] is None else [(asked["port"], asked["name"], asked["self"], ask_self(asked))]
    others = zip(asked["sites"], ask_all([(site["port"], site["name"]) for site in asked["sites"]]))
    for port, name, was, now in own + [(was["port"], was["name"], was["status"], now["status"]) for was, now in others]:
        if was not in (0, now):
            print("%s:%d answered %d before and %s now (0: no answer)" % (name, port, was, now), file=sys.stderr)
            ended.append(1)
    return {}

def after(asked):
    deadline, answered, died = time.time() + asked["seconds"], False, False
    size = 2000 if asked["body"] is None else 1 << 20
    while True:
        patience = max(1, deadline - time.time())
        answer = unless_died(lambda: ask_own(asked, asked["path"], asked["agent"], patience, size), patience)
        fits = asked["body"] is None or (answer["status"] != 0 and asked["body"] in answer["body"])
        access = asked["access"]
        seen = access is None or any(asked["agent"] in line for line in tail(access, asked["marks"].get(access, 0)))
        died = answer["status"] == 0 and has_died()
        good = answer["status"] in asked["statuses"] and fits and seen
        tls = tls_fault(asked, answer) if good else None
        if (good and tls is None) or time.time() >= deadline or died:
            break
        # who has answered will hardly answer otherwise: a few more tries are enough, unless somebody knows better
        if seen and not answered and asked["within"] is None:
            deadline, answered = min(deadline, time.time() + 4), True
        time.sleep(0.2)
    mounts = [] if died else [{"path": path, "status": ask_own(asked, path, "deploy-flask", 20)["status"]} for path in asked["mounts"]]
    logged = [line for path in asked["logs"] if path != asked["access"] for line in tail(path, asked["marks"].get(path, 0))]
    told = [match for match in (re.search(r"deploy-flask: process group (\S*), Python (\S+)", line) for line in logged) if match]
    secure = speaks_tls(asked.get("tls"), own_file(asked))
    return {"url": asked["tls"]["url"] if secure else asked["url"], "tls": tls, "died": died, "status": answer["status"], "body": answer["body"][:2000], "fits": fits, "seen": seen, "logged": logged[-60:],
            "told": [{"group": one.group(1), "prefix": one.group(2)} for one in told if one.group(1) in asked["groups"]],
            "daemons": [] if died else settled(asked["titles"]), "mounts": mounts, "sites": ask_all([(site["port"], site["name"]) for site in asked["sites"]])}

def gone(asked):
    deadline = time.time() + asked["seconds"]
    while daemons(asked["titles"]) and time.time() < deadline:
        time.sleep(0.2)
    answer = unless_died(lambda: ask_own(asked, asked["path"], asked["agent"], 20), 20)
    # where nobody listens any more there is no answer either
    died = answer["status"] == 0 and has_died()
    time.sleep(0.2)  # a request is logged after it was answered
    access = asked["access"]
    seen = access is not None and any(asked["agent"] in line for line in tail(access, asked["marks"].get(access, 0)))
    logged = [line for path in asked["logs"] for line in tail(path, asked["marks"].get(path, 0))]
    return {"died": died, "status": answer["status"], "seen": seen, "logged": logged[-60:],
            "left": [] if died else daemons(asked["titles"]), "sites": ask_all([(site["port"], site["name"]) for site in asked["sites"]])}

asked, ended = json.loads(sys.argv[1]), []
print(json.dumps({"before": before, "after": after, "again": again, "gone": gone}[asked["do"]](asked)))
sys.exit(1 if ended else 0)
`
