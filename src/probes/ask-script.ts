/**
 * How a site is asked on its host. Needs `hashlib`, `http.client`, `os`, `socket` and `ssl`. By HTTPS the name is told
 * first (SNI), as browsers do it; who the certificate is of is another question.
 */
export const asking = String.raw`
def connected(address, port, name, seconds, secure):
    connection = http.client.HTTPConnection(address, port, timeout=seconds)
    if secure:
        opened = socket.create_connection((address, port), seconds)
        connection.sock = ssl._create_unverified_context().wrap_socket(opened, server_hostname=name)
    return connection

def speaks_tls(tls, file):
    # until there is a certificate, the site is served by HTTP
    if not tls or not os.path.isfile(file):
        return False
    with open(file, encoding="utf-8", errors="replace") as opened:
        return tls["certificate"] in opened.read()

def meant(path):
    # the first certificate of the file is the site's own
    try:
        with open(path, encoding="utf-8") as opened:
            text = opened.read()
        start, end = text.index("-----BEGIN CERTIFICATE-----"), text.index("-----END CERTIFICATE-----")
        return ssl.PEM_cert_to_DER_cert(text[start:end] + "-----END CERTIFICATE-----\n")
    except (OSError, ValueError):
        return None
`

/** What a certificate on the host says of itself, and whether its key can be used with it. Needs `os`, `ssl` and `time`. */
export const judging = String.raw`
def passphrase():
    raise ValueError("the key has a passphrase, for which Apache would ask at each start")

def decoded(path):
    found = ssl._ssl._test_decode_cert(path)
    issuer = dict(pair for part in found.get("issuer", ()) for pair in part)
    return {"until": ssl.cert_time_to_seconds(found["notAfter"]), "issuer": issuer.get("commonName") or issuer.get("organizationName") or "",
            "names": [value for _, value in found.get("subjectAltName", ())]}

def misfit(certificate, key):
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password=passphrase)
    except ssl.SSLError as problem:
        return {"why": "mismatch" if problem.reason == "KEY_VALUES_MISMATCH" else "unreadable", "said": str(problem)}
    except (OSError, ValueError) as problem:
        return {"why": "unreadable", "said": str(problem)}
    return None

def certificate(path, key):
    if not os.path.exists(path):
        return None
    fault = misfit(path, key)
    try:
        found = decoded(path)
        days = (found["until"] - time.time()) / 86400
        return dict(found, lasts="expired" if days < 0 else "ending" if days < 14 else "long", fault=fault)
    except (OSError, ValueError, KeyError, ssl.SSLError) as problem:
        return {"until": 0, "issuer": "", "names": [], "lasts": "expired", "fault": fault or {"why": "unreadable", "said": str(problem)}}
`
