import { databaseScript } from './database-script.js'

/**
 * Copies databases into a folder of root's that nobody else can enter, under a name by which they are found again; each
 * copy is whole. Keeps as many as are wanted.
 */
export const backupScript = String.raw`${databaseScript}
def keep(path, copy):
    if not is_there(path):
        return False
    with Database(path, READ_WRITE) as source, Database(copy, READ_WRITE | CREATE) as target:
        target.take(source)
        target.check()
    return True

os.umask(0o077)
folder, wanted = asked["folder"], asked["name"]
new = folder + "/.new"
os.makedirs(folder, 0o700, exist_ok=True)
shutil.rmtree(new, ignore_errors=True)
os.mkdir(new, 0o700)
databases, missing, damaged, path = [], [], [], ""
try:
    with Scratch() as scratch:
        for number, path in enumerate(asked["files"]):
            name = "%d.db" % number
            try:
                if not as_account(keep, path, scratch.path + "/" + name):
                    missing.append(path)
                    continue
            except Damaged as problem:
                if not asked["tolerant"]:
                    raise
                damaged.append({"path": path, "why": str(problem)})
                continue
            with scratch.reading(name) as source, open(new + "/" + name, "xb") as target:
                sha256 = copied(source, target)
                databases.append({"path": path, "file": name, "bytes": target.tell(), "sha256": sha256})
            os.unlink(name, dir_fd=scratch.opened)
    path = folder
    name = None
    if databases:
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        with open(new + "/backup.json", "x", encoding="utf-8") as opened:
            json.dump({"version": 1, "at": at, "reason": asked["reason"], "databases": databases}, opened)
            opened.flush()
            os.fsync(opened.fileno())
        name, again = wanted, 1
        while os.path.lexists(folder + "/" + name):
            again += 1
            name = "%s.%d" % (wanted, again)
        sync(new)
        os.rename(new, folder + "/" + name)
        sync(folder)
except (OSError, Damaged) as problem:
    sys.exit("%s: %s" % (path, problem))
finally:
    shutil.rmtree(new, ignore_errors=True)

kept = sorted(one for one in os.listdir(folder) if not one.startswith("."))
removed = [one for one in kept[:-asked["keep"]] if one not in asked["spare"]]
for one in removed:
    shutil.rmtree(folder + "/" + one)
print(json.dumps({"name": name, "databases": databases, "missing": missing, "damaged": damaged, "removed": removed}))
`
