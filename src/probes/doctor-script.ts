import { apacheFiles } from './apache-files-script.js'
import { asking } from './ask-script.js'
import { doctorFiles } from './doctor-files-script.js'
import { doctorLogs } from './doctor-logs-script.js'

/**
 * Asked of the host's own python3 with a JSON argument: everything that the rules of the doctor judge. It asks the site
 * a request, and otherwise only reads. The logs are read last, so that they hold what that request has caused.
 */
export const doctorScript = String.raw`
import ast, concurrent.futures, fcntl, glob, grp, http.client, json, os, pwd, re, socket, ssl, stat, struct, subprocess, sys, time

${apacheFiles}
${asking}
${doctorFiles}
${doctorLogs}
ROOT = "/etc/apache2"

def text_of(path, limit=262144):
    try:
        with open(path, encoding="utf-8", errors="replace") as opened:
            return opened.read(limit)
    except OSError:
        return ""

def apache():
    pid = text_of("/run/apache2/apache2.pid").strip()
    units = glob.glob("/etc/systemd/system/*.target.wants/apache2.service") + glob.glob("/etc/rc[2345].d/S*apache2")
    return {"installed": os.path.exists("/usr/sbin/apache2ctl"), "running": pid.isdigit() and os.path.exists("/proc/" + pid), "enabled": bool(units)}

def loaded(asked):
    # what mod_wsgi has begun anew with: its sockets of this configuration, its scripts, the code that is current
    found = [os.lstat(path) for path in glob.glob("/run/apache2/wsgi.*.sock") or glob.glob("/run/apache2/apache2.pid")]
    if not found:
        return None
    found += [os.lstat(path) for path in asked["scripts"] + [asked["code"]] if os.path.lexists(path)]
    return max(max(one.st_ctime for one in found), max(one.st_mtime for one in found if one.st_mtime <= time.time()))

def configtest():
    if not os.path.exists("/usr/sbin/apache2ctl"):
        return {"status": 0, "lines": []}
    test = subprocess.run(["apache2ctl", "configtest"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=30)
    return {"status": test.returncode, "lines": [cut(line) for line in test.stdout.decode("utf-8", "replace").splitlines()[-20:]]}

def module():
    found = []
    for path in sorted(glob.glob(ROOT + "/mods-enabled/*.load")):
        found += [(path, one) for one in re.findall(r"(?im)^\s*LoadModule\s+wsgi_module\s+(\S+)", text_of(path))]
    file = found[0][1].strip(chr(34) + chr(39)) if found else None
    version = re.search(r"py(\d)(\d+)\.", os.path.basename(file or ""))
    return {"enabled": bool(found), "file": file, "there": bool(file) and os.path.exists(os.path.join(ROOT, file)),
            "python": "%s.%s" % version.groups() if version else None, "loads": [path for path, _ in found]}

def daemons(wanted):
    # Apache starts a process that has ended anew within a second
    deadline = time.time() + 2
    while True:
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                shown = text_of("/proc/%s/cmdline" % pid, 4096).split(chr(0))[0].rstrip()
                if shown in wanted:
                    found.append((shown, named(pwd.getpwuid, os.stat("/proc/" + pid).st_uid)))
            except OSError:
                continue
        if {title for title, _ in found} == wanted or time.time() >= deadline:
            return found
        time.sleep(0.2)

def definitions():
    found = []
    for name, text in served_files(ROOT):
        for line in text.splitlines():
            words = line.split()
            if len(words) > 1 and words[0].lower() == "wsgidaemonprocess":
                count = re.search(r"\sprocesses=(\d+)", line)
                found.append({"name": words[1].strip(chr(34) + chr(39)), "file": name, "processes": int(count.group(1)) if count else 1})
    return found

def groups(asked, is_running):
    titles = {group["title"] for group in asked["groups"] if group.get("title")}
    running, defined = daemons(titles) if is_running and titles else [], definitions()
    found = []
    for group in asked["groups"]:
        its = [user for title, user in running if title == group.get("title")]
        users = {one["user"] for one in asked["groups"] if one.get("title") == group.get("title")}
        found.append({"name": group["name"], "user": group["user"], "account": has_account(group["user"]),
                      "processes": len(its) if group.get("title") else None, "strangers": sorted(set(its) - users),
                      "declared": max([one["processes"] for one in defined if one["name"] == group["name"]] or [1]),
                      "code": as_user(group, lambda: denied(asked["code"], os.X_OK)), "venv": venv(group)})
    names = {group["name"] for group in asked["groups"]}
    twice = {name: [one["file"] for one in defined if one["name"] == name] for name in names}
    return found, [{"name": name, "files": files} for name, files in sorted(twice.items()) if len(files) > 1]

def request(asked, path, agent, seconds=8, body=None):
    try:
        secure = asked["enabled"] is not None and speaks_tls(asked["tls"], asked["enabled"])
        port = asked["tls"]["port"] if secure else asked["port"]
        connection = connected(asked["address"], port, asked["name"], seconds, secure)
        connection.request("GET", path, headers={"Host": asked["name"], "User-Agent": agent, "Connection": "close"})
        response = connection.getresponse()
        if body is None or body in response.read(1 << 20).decode("utf-8", "replace"):
            return response.status, ""
        return response.status, "the answer does not hold %s" % json.dumps(body)
    except Exception as problem:
        return 0, "no answer: %s: %s" % (type(problem).__name__, problem)

def answers(asked, is_running):
    if not is_running:
        return {"status": 0, "good": False, "seen": None, "problem": "Apache does not run"}, []
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        mounts = pool.map(lambda path: {"path": path, "status": request(asked, path, "deploy-flask")[0]}, asked["mounts"])
        # somebody waits for the doctor: who takes a minute to answer is not waited for here
        status, problem = request(asked, asked["path"], asked["agent"], min(30, max(8, asked["within"] or 0)), asked["body"])
    seen, deadline = None if asked["access"] is None else False, time.time() + 1
    while seen is False and status != 0:
        seen = asked["agent"] in tail(asked["access"])
        if seen or time.time() >= deadline:
            break
        time.sleep(0.1)
    return {"status": status, "good": status in asked["statuses"] and not problem, "seen": seen, "problem": problem}, list(mounts)

def main(asked):
    about, began = apache(), time.time()
    answer, mounts = answers(asked, about["running"])
    known, twice = groups(asked, about["running"])
    since = loaded(asked)
    window = time.time() - asked["since"] if asked["since"] is not None else (since or time.time() - 3600)
    return {"asked": began, "loaded": since, "apache": about, "configtest": configtest(), "module": module(), "answer": answer,
            "mounts": mounts, "groups": known, "duplicates": twice, "port": {"number": asked["port"], "owners": listeners(asked["port"])},
            "site": {"vhost": gone(asked["vhost"]), "enabled": gone(asked["enabled"])}, "code": {"path": asked["code"], "there": os.path.isdir(asked["code"])},
            "scripts": [script(asked, path) for path in asked["scripts"]], "settings": settings(asked),
            "sqlite": [database(asked, path) for path in asked["sqlite"]], "disks": disks(asked), "packages": packages(),
            "logs": [{"source": log["file"], "shared": log["shared"], "lines": lines(log["file"], window)} for log in asked["logs"]]}

print(json.dumps(main(json.loads(sys.argv[1]))))
`
