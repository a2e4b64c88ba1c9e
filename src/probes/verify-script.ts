/**
 * What a site needs to be able to answer, looked at in the order in which a request needs it: Apache, its module, the
 * virtual host; then, as the account of the daemon, each script and each database; then, as Apache's own account, what is
 * served as files. Only reads; a database is locked for a moment and let go of.
 */
export const verifyScript = String.raw`
import grp, json, os, pwd, re, subprocess, sys
with open(sys.argv[1], encoding="utf-8") as opened:
    site = json.load(opened)
checks = []

def said(*argv):
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout.decode("utf-8", "replace").strip()

def check(title, fault):
    checks.append({"title": title, "fault": (fault or None) and fault[-4000:]})

def settings():
    try:
        with open(site["settings"], encoding="utf-8") as opened:
            return json.load(opened)
    except FileNotFoundError:
        return {}

def becoming(user, group):
    uid, gid = pwd.getpwnam(user).pw_uid, grp.getgrnam(group).gr_gid
    def become():
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
        os.umask(0o027)
    return become

def tried(user, group, python, code, *args, more={}, cwd="/"):
    env = dict({"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}, **more)
    try:
        done = subprocess.run([python, "-c", code] + list(args), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                              env=env, cwd=cwd, preexec_fn=becoming(user, group), timeout=60)
    except (OSError, KeyError, subprocess.SubprocessError) as problem:
        return str(problem)
    return None if done.returncode == 0 else done.stderr.decode("utf-8", "replace").strip() or "exit code %d" % done.returncode

LOAD = """
import sys, types
try:
    import mod_wsgi
except ImportError:
    sys.modules["mod_wsgi"] = types.ModuleType("mod_wsgi")
    sys.modules["mod_wsgi"].process_group = sys.modules["mod_wsgi"].application_group = ""
names = {"__name__": "deploy_flask_verify", "__file__": sys.argv[1]}
with open(sys.argv[1], "rb") as opened:
    exec(compile(opened.read(), sys.argv[1], "exec"), names)
"""

WRITE = """
import os, sqlite3, sys
path = sys.argv[1]
if os.path.exists(path):
    db = sqlite3.connect(path, timeout=20, isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    db.execute("ROLLBACK")
elif not os.access(os.path.dirname(path), os.W_OK | os.X_OK):
    sys.exit("it is not there, and its folder cannot be written")
"""

READ = """
import os, sys
path = sys.argv[1]
os.listdir(path) if os.path.isdir(path) else open(path, "rb").close()
"""

code, text = said("apache2ctl", "configtest")
check("the configuration of Apache is sound", text if code else None)
check("Apache runs", None if said("systemctl", "is-active", "--quiet", "apache2")[0] == 0 else "systemctl: apache2 is not active")
loaded = said("apache2ctl", "-M")[1]
check("mod_wsgi is loaded", None if " wsgi_module " in loaded + " " else loaded)

link = site["enabled"]
own = [os.path.realpath(path) for path in (link, site["vhost"]) if os.path.exists(path)] + [site.get("existingSite", "")]
hosts = [match.groups() for match in re.finditer(r"(?m)(?:^\S+:\d+\s+|namevhost )([^\s()]+) \((\S+):\d+\)", said("apache2ctl", "-t", "-D", "DUMP_VHOSTS")[1])]
files = sorted({os.path.realpath(file) for name, file in hosts if name == site["serverName"]})
check("Apache serves %s by its virtual host" % site["serverName"],
      None if set(files) & set(own) else "it is served by: %s" % (", ".join(files) or "none"))

def last(fault):
    # of our own few lines nobody needs to see where they failed
    return fault and fault.splitlines()[-1]

environ, python = settings(), site["venv"] + "/bin/python"
for path in site["scripts"]:
    fault = tried(site["user"], site["group"], python, LOAD, path, more=environ, cwd=site["code"])
    check("%s can load %s" % (site["user"], path), fault)
for path in site["sqlite"]:
    check("%s can write %s" % (site["user"], path), last(tried(site["user"], site["group"], "/usr/bin/python3", WRITE, path)))

def variable(name, usual):
    found = re.search(r"(?m)^\s*(?:export\s+)?%s=(\S+)" % name, open("/etc/apache2/envvars", encoding="utf-8", errors="replace").read())
    return found.group(1) if found else usual

user, group = variable("APACHE_RUN_USER", "www-data"), variable("APACHE_RUN_GROUP", "www-data")
served = set()
for path in (site["vhost"], site["include"]):
    if os.path.isfile(path):
        with open(path, encoding="utf-8", errors="replace") as opened:
            for match in re.finditer(r'(?im)^\s*(?:Alias\s+(?:"[^"]*"|\S+)|DocumentRoot)\s+(?:"([^"]*)"|(\S+))', opened.read()):
                served.add(match.group(1) or match.group(2))
for path in sorted(served):
    check("%s can read %s" % (user, path), last(tried(user, group, "/usr/bin/python3", READ, path)))
print(json.dumps(checks))
`
