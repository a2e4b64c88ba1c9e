/**
 * Run by the venv's own python: where it really lives, which tools it has, and which requirements are not met, with
 * their dependencies, extras and markers, without asking any index. pip brings the library that reads requirements.
 */
export const venvScript = String.raw`
import email.parser, json, os, re, sys
from pip._vendor.packaging.requirements import InvalidRequirement, Requirement

def canonical(name):
    return re.sub(r"[-_.]+", "-", name).lower()

def installed():
    found = {}
    for folder in [path for path in sys.path if os.path.basename(path) in ("site-packages", "dist-packages")]:
        for name in os.listdir(folder):
            match = re.match(r"(.+?)-([0-9][^-]*?)(?:-py[0-9.]+)?\.(dist-info|egg-info)$", name)
            # pip writes RECORD last: without it, it was killed in the middle
            if match and (match.group(3) == "egg-info" or os.path.exists(os.path.join(folder, name, "RECORD"))):
                found.setdefault(canonical(match.group(1)), (match.group(2), os.path.join(folder, name)))
    return found

def needs(folder):
    path = os.path.join(folder, "METADATA")
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8", errors="replace") as opened:
        return email.parser.Parser().parse(opened, headersonly=True).get_all("Requires-Dist") or []

def unmet(lines):
    known, missing, seen = installed(), [], set()
    todo = [(line, "", "") for line in lines]
    while todo:
        line, extra, because = todo.pop()
        try:
            wanted = Requirement(line)
        except InvalidRequirement as problem:
            missing.append("%s: %s" % (line, problem))
            continue
        if wanted.marker and not wanted.marker.evaluate({"extra": extra}):
            continue
        have = known.get(canonical(wanted.name))
        if have is None:
            missing.append("%s is not installed%s" % (wanted, because))
        elif not wanted.specifier.contains(have[0], prereleases=True):
            missing.append("%s is wanted, %s is installed%s" % (wanted, have[0], because))
        elif (canonical(wanted.name), tuple(sorted(wanted.extras))) not in seen:
            seen.add((canonical(wanted.name), tuple(sorted(wanted.extras))))
            for extra in [""] + sorted(wanted.extras):
                todo.extend((need, extra, " (needed by %s)" % wanted.name) for need in needs(have[1]))
    return sorted(missing)

def lines(asked):
    text = asked["text"]
    if asked["file"]:
        with open(asked["file"], encoding="utf-8") as opened:
            text = opened.read()
    text = re.sub(r"\\\n", " ", text)
    stripped = [re.sub(r"((^|\s)#|\s--hash=).*$", "", line).strip() for line in text.splitlines()]
    return [line for line in stripped if line and not re.match(r"(-i|--index-url|--extra-index-url)[ =]", line)]

asked, known = json.loads(sys.argv[1]), installed()
gone = asked["file"] and not os.path.exists(asked["file"])
closed = asked["file"] and not gone and not os.access(asked["file"], os.R_OK)
print(json.dumps({
    "prefix": sys.prefix,
    "python": "%d.%d" % sys.version_info[:2],
    "pip": os.access(os.path.join(sys.prefix, "bin", "pip"), os.X_OK),
    "tools": {name: known[name][0] for name in ("pip", "setuptools", "wheel") if name in known},
    "unmet": ["%s cannot be read by the account of the site" % asked["file"]] if closed else ([] if asked["optional"] else ["%s does not exist" % asked["file"]]) if gone else unmet(lines(asked)),
}))
`
