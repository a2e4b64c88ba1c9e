/** Of so many files of a release it is told what they hold: 40 kB at most. */
const mostDigests = 5_000

/**
 * What a folder of code holds: part of the script that answers questions, and of the one that unpacks a release. The hash
 * is that of config/content-hash.ts; `digests`: six bytes of the SHA-256 of each file, one after the other.
 */
export const treeFacts = String.raw`
DIGESTS = ${mostDigests}

def regular(path):
    # what was looked at may be a link or a FIFO by now, where others can write the folder
    opened = os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")
    if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
        raise OSError("%s is no regular file any more" % os.fsdecode(path))
    return opened

def digest(path):
    hashed = hashlib.sha256()
    with regular(path) as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            hashed.update(block)
    return hashed.hexdigest()

def tree(path):
    if not os.path.isdir(path):
        return None
    entries, loose = [], []
    for folder, folders, names in os.walk(os.fsencode(path)):
        if b"__pycache__" in folders:
            folders.remove(b"__pycache__")
        linked = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        for name in [b"."] + names + linked:
            full = folder if name == b"." else os.path.join(folder, name)
            st = os.lstat(full)
            wanted = 0o755 if stat.S_ISDIR(st.st_mode) or st.st_mode & 0o111 else 0o644
            if st.st_uid or st.st_gid or (not stat.S_ISLNK(st.st_mode) and stat.S_IMODE(st.st_mode) != wanted):
                loose.append(os.fsdecode(full))
            if name == b".":
                continue
            if stat.S_ISLNK(st.st_mode):
                entries.append((os.path.relpath(full, os.fsencode(path)), b"l", os.readlink(full)))
            elif not stat.S_ISREG(st.st_mode):
                entries.append((os.path.relpath(full, os.fsencode(path)), b"o", b""))  # reading a FIFO would not end
            else:
                kind = b"x" if st.st_mode & 0o111 else b"f"
                entries.append((os.path.relpath(full, os.fsencode(path)), kind, digest(full).encode("ascii")))
    total = hashlib.sha256()
    for name, kind, payload in sorted(entries):
        total.update(kind + b" " + name + b"\0" + payload + b"\n")
    digests = b"".join(binascii.unhexlify(payload)[:6] for name, kind, payload in entries if kind in (b"f", b"x"))
    return {"hash": total.hexdigest(), "files": len(entries), "loose": sorted(loose)[:5],
            "digests": base64.b64encode(digests[:6 * DIGESTS]).decode("ascii")}
`
