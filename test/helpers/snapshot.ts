import type { Guest } from '../../vagrant/guest.js'

/** Where the product may leave something, and where it may not leave anything it does not say. */
const watched = ['/etc', '/srv', '/var/lib/deploy-flask', '/usr/local', '/var/www']

/** Hashes are kept on the guest, by what the kernel changes with every write: most files are the same the next time. */
const SCRIPT = `
import hashlib, json, os, re, stat, sys, time
memo, found, kept = "/run/snapshot-hashes.json", {}, {}
try:
    known = json.load(open(memo))
except (OSError, ValueError):
    known = {}
# what is written down of each run, whatever it has come to
diaries = re.compile("/var/lib/deploy-flask/(audit[.]log([.]1)?|[^/]+/(history|as-left))$")
# two writes may have the same time, as the clock of files is a coarse one
settled = int((time.time() - 1) * 1e9)
def hashed(path, st):
    key = "%d %d %d %d" % (st.st_dev, st.st_ino, st.st_size, st.st_ctime_ns)
    digest = known.get(key)
    if digest is None:
        with open(path, "rb") as opened:
            digest = hashlib.sha256(opened.read()).hexdigest()
    if st.st_ctime_ns < settled:
        kept[key] = digest
    return " " + digest
def look(path):
    if diaries.match(path):
        return
    st = os.lstat(path)
    what = ""
    if stat.S_ISLNK(st.st_mode):
        what = " " + os.readlink(path)
    elif stat.S_ISREG(st.st_mode):
        what = hashed(path, st)
    found[path] = "%s %d %d %d%s" % (oct(st.st_mode), st.st_uid, st.st_gid, st.st_mtime_ns, what)
for top in sys.argv[1:]:
    if not os.path.exists(top):
        continue
    look(top)
    for folder, folders, names in os.walk(top):
        for name in folders + names:
            look(os.path.join(folder, name))
try:
    with open(memo, "w") as opened:
        json.dump(kept, opened)
except OSError:
    pass
print(json.dumps(found))
`

/** A path with its type, mode, owner, time and hash. */
export type Snapshot = Readonly<Record<string, string>>

/** Every file of the watched trees, looked at from inside the guest but not by the product. */
export const snapshot = async (guest: Guest): Promise<Snapshot> => {
  const { stdout, stderr, exitCode } = await guest.run(`python3 - ${watched.join(' ')}`, { stdin: SCRIPT })
  if (exitCode !== 0) throw new Error(`the snapshot failed: ${stderr}`)
  // Our own script above wrote it.
  return JSON.parse(stdout) as Snapshot
}

/** Paths that differ, each with what it was and what it is; empty when the trees are identical. */
export const differences = (before: Snapshot, after: Snapshot): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .sort()
    .filter((path) => before[path] !== after[path])
    .map((path) => `${path}: ${before[path] ?? 'absent'} -> ${after[path] ?? 'absent'}`)

/** The paths alone, of what `differences` or `leftovers` answered. */
export const pathsOf = (lines: readonly string[]): string[] => lines.map((line) => line.slice(0, line.indexOf(': ')))

/** What useradd and userdel leave whenever they run: backups of the account files, and a lock. */
export const accountBackup = /^\/etc\/((passwd|group|shadow|gshadow|subuid|subgid)-|\.pwd\.lock)$/

/** A folder's time changes when an entry was added and removed, an account file's when an account was. */
const timeMoves = (path: string, line: string): boolean =>
  line.startsWith('0o4') || /^\/etc\/(passwd|group|shadow|gshadow|subuid|subgid)$/.test(path)

const withoutMovingTimes = (found: Snapshot): Snapshot =>
  Object.fromEntries(
    Object.entries(found)
      .filter(([path]) => !accountBackup.test(path))
      .map(([path, line]) => [path, timeMoves(path, line) ? line.replace(/^((\S+ ){3})\S+/, '$1-') : line]),
  )

/** What was there before a site is noted before anything else is done, and stays noted, in a folder of the site. */
const note = /^\/var\/lib\/deploy-flask\/((host|[^/]+\/before)\.json: |(?!empty|undo)[^/]+: absent -> 0o4)/

/** As `differences`, for two snapshots between which something was done and taken back. */
export const leftovers = (before: Snapshot, after: Snapshot): string[] =>
  differences(withoutMovingTimes(before), withoutMovingTimes(after)).filter((line) => !note.test(line))

/** The part of a snapshot that lies at or below a path. */
export const below = (folder: string, found: Snapshot): Snapshot =>
  Object.fromEntries(Object.entries(found).filter(([path]) => path === folder || path.startsWith(`${folder}/`)))

/** The same trees without the times: what a repaired host must share with the one before the drift. */
export const withoutTimes = (found: Snapshot): Snapshot =>
  Object.fromEntries(
    Object.entries(found).map(([path, line]) => {
      const words = line.split(' ')
      return [path, [...words.slice(0, 3), ...words.slice(4)].join(' ')]
    }),
  )
