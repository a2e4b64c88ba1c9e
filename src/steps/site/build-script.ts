import { treeFacts } from '../../probes/tree-script.js'

/** What stderr begins with when the command has made something that a release cannot hold. */
export const unfit = 'cannot be part of a release: '

/**
 * Run by root when all of the release is root's again: modes as those of what is sent, no link that leads out (Apache
 * follows one that has the same owner as what it leads to), and beside the release what its content came to. The mark comes on
 * stdin and is root's alone, for it is made from the settings too.
 */
export const sealScript = String.raw`
import base64, binascii, hashlib, json, os, stat, sys
${treeFacts}
release, mark = sys.argv[1], sys.stdin.read()
inside = os.path.realpath(os.fsencode(release)) + b"/"
for folder, folders, names in os.walk(os.fsencode(release)):
    for path in [folder] + [os.path.join(folder, name) for name in folders + names]:
        mode = os.lstat(path).st_mode
        if stat.S_ISLNK(mode):
            if os.path.isabs(os.readlink(path)) or not (os.path.realpath(path) + b"/").startswith(inside):
                sys.exit("${unfit}%s -> %s leads out of it" % (os.fsdecode(path), os.fsdecode(os.readlink(path))))
        else:
            os.chmod(path, 0o755 if stat.S_ISDIR(mode) or mode & 0o111 else 0o644)
record = os.path.join(os.path.dirname(release), ".%s.built" % os.path.basename(release))
if os.path.lexists(record + ".new"):
    os.unlink(record + ".new")
with os.fdopen(os.open(record + ".new", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
    json.dump({"mark": mark, "hash": tree(release)["hash"]}, opened)
    opened.flush()
    os.fsync(opened.fileno())
os.rename(record + ".new", record)
`
