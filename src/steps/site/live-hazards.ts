import { apacheFiles } from '../../probes/apache-files-script.js'

/**
 * Part of the live script: what configtest says "Syntax OK" to, and a reload kills every site with. Somebody has written
 * it and not loaded it yet, or will meet it at the next restart.
 */
export const liveHazards = String.raw`
${apacheFiles}
def taken_ports(root):
    for one in listens(root):
        owners = listeners(one["port"])
        if owners and "apache2" not in owners:
            yield {"file": one["file"], "line": "Listen %d" % one["port"], "why": "%s listens there" % ", ".join(owners)}

LOGS = ("errorlog", "customlog", "transferlog", "forensiclog")

def in_log_folder(path):
    return path.replace("$" + "{APACHE_LOG_DIR}", "/var/log/apache2")

def why_deadly(directive, value):
    if directive in LOGS and os.path.isdir(os.path.join("/etc/apache2", in_log_folder(value))):
        return "that is a folder, and not a log"
    if directive == "wsgipythonhome" and not glob.glob(value + "/lib/python3*/"):
        return "no Python is there"
    return None

def hazards(root, own):
    found = list(taken_ports(root))
    for name, text in served_files(root):
        for line in text.splitlines():
            words = line.split()
            why = why_deadly(words[0].lower(), words[1].strip(chr(34) + chr(39))) if len(words) > 1 else None
            if why and os.path.basename(name) != own:
                found.append({"file": name, "line": line.strip(), "why": why})
    return found
`
