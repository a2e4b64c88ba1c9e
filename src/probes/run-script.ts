import { auditFile } from '../core/host-paths.js'

/**
 * The beginning of a program that becomes the account of a site for good, in its environment: with its settings, its venv
 * first in PATH, where its code is. Root only reads what the account may read, and notes who it was.
 */
export const becomeAccount = String.raw`
import grp, json, os, pwd, sys
asked = json.loads(sys.argv[1])
with open(asked["manifest"], encoding="utf-8") as opened:
    site = json.load(opened)
try:
    with open(site["settings"], encoding="utf-8") as opened:
        settings = json.load(opened)
except FileNotFoundError:
    settings = {}

def connection(pid):
    # sshd knows it, above sudo
    while pid > 1:
        with open("/proc/%d/environ" % pid, "rb") as opened:
            for one in opened.read().split(bytes(1)):
                if one.startswith(b"SSH_CONNECTION="):
                    return one[15:].decode("ascii", "replace").split(" ")[0]
        with open("/proc/%d/stat" % pid, encoding="utf-8") as opened:
            pid = int(opened.read().rsplit(")", 1)[1].split()[1])
    return ""

with os.fdopen(os.open("${auditFile}", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "w") as opened:
    opened.write(json.dumps(dict(asked["audit"], **{"from": connection(os.getppid())})) + "\n")

user = pwd.getpwnam(site["user"])
os.umask(0o027)
os.setgroups([])
os.setgid(grp.getgrnam(site["group"]).gr_gid)
os.setuid(user.pw_uid)
os.chdir(site["code"])
os.environ.clear()
os.environ.update({"PATH": site["venv"] + "/bin:/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8",
                   "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "VIRTUAL_ENV": site["venv"], "FLASK_APP": site["flaskApp"]})
if site.get("moduleFolder"):
    os.environ["PYTHONPATH"] = os.path.join(site["code"], site["moduleFolder"])
os.environ.update(settings)
`

/** Runs a command as the account of a site. */
export const runScript = String.raw`${becomeAccount}
try:
    os.execvp(asked["argv"][0], asked["argv"])
except OSError as problem:
    sys.exit("%s: %s" % (asked["argv"][0], problem.strerror))
`
