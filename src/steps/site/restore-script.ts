import { databaseScript } from './database-script.js'

/**
 * Writes what a backup holds into the live databases, by SQLite itself: whoever has one open sees a transaction, and
 * neither the file nor its owner changes. Only what is no database any more is moved aside. All copies are looked at
 * before the first is written.
 */
export const restoreScript = String.raw`${databaseScript}
def look(copy):
    with Database(copy, READ_WRITE) as source:
        source.check()

def write(path, copy):
    with Database(copy, READ_WRITE) as source, Database(path, READ_WRITE | CREATE) as target:
        target.take(source)

def put(path, copy, aside):
    is_there(path)
    moved = None
    try:
        write(path, copy)
    except Damaged:
        # the copy is whole, so it is what lies there that is no database
        for end in ("-wal", "-shm", "-journal", ""):
            if os.path.lexists(path + end):
                os.rename(path + end, path + aside + end)
        moved = path + aside
        write(path, copy)
    look(path)
    return moved

os.umask(0o077)
backup = asked["folder"] + "/" + asked["name"]
restored, aside, path = [], [], backup
try:
    with open(backup + "/backup.json", encoding="utf-8") as opened:
        databases = json.load(opened)["databases"]
    with Scratch() as scratch:
        for one in databases:
            path = "%s (%s)" % (backup + "/" + one["file"], one["path"])
            with open(backup + "/" + one["file"], "rb") as source, scratch.writing(one["file"]) as target:
                if copied(source, target) != one["sha256"]:
                    raise Damaged("it is not what was kept")
            as_account(look, scratch.path + "/" + one["file"])
        for one in databases:
            path = one["path"]
            moved = as_account(put, path, scratch.path + "/" + one["file"], asked["aside"])
            restored.append(path)
            if moved is not None:
                aside.append(moved)
except (OSError, Damaged) as problem:
    before = "; restored already: %s" % ", ".join(restored) if restored else ""
    sys.exit("%s: %s%s" % (path, problem, before))
print(json.dumps({"restored": restored, "aside": aside}))
`
