import { first, isHealthy } from './facts.js'
import type { Rule } from './rule.js'

/** Seconds until a process of before is gone, with what it was still busy with. */
const reloading = 30

/** Apache runs, and what becomes of a request. */
export const requestRules: readonly Rule[] = [
  {
    id: 'site-disabled',
    severity: 'error',
    state: ({ site: { vhost, enabled } }) =>
      vhost === null ? (enabled === null ? undefined : `${enabled} is not there`) : `${vhost} is not there`,
    cause: 'the virtual host of the site is not enabled, so Apache answers with another site',
    remedy: 'apply enables it again',
    repair: 'apply',
    symptomOf: ['apache-missing'],
  },
  {
    id: 'group-unknown',
    severity: 'error',
    texts: [
      /No WSGI daemon process called '.*' has been configured/,
      /Daemon process called '.*' cannot be accessed by this WSGI application/,
    ],
    cause: 'the virtual host names a process group that there is not, or that is of another virtual host',
    remedy: 'apply writes the virtual host again; in files of your own, use a group of the same ServerName',
    repair: 'apply',
    total: true,
  },
  {
    id: 'embedded-forbidden',
    severity: 'error',
    texts: [/Embedded mode of mod_wsgi disabled/],
    cause: 'a WSGI script has no process group, and mod_wsgi may run none within Apache itself',
    remedy: 'set WSGIProcessGroup where the script lies; apply writes the virtual host again',
    repair: 'apply',
    total: true,
  },
  {
    id: 'access-denied',
    severity: 'error',
    texts: [/client denied by server configuration/],
    cause: 'Apache refuses access to a file',
    remedy: 'check Require lines of other configuration files for this path; apply writes those of the site again',
    repair: 'apply',
    total: true,
    symptomOf: ['site-disabled'],
  },
  {
    id: 'htaccess',
    severity: 'error',
    texts: [/\.htaccess: .* not allowed here/],
    cause: 'a .htaccess file says what it may not say: each request below it is answered with an error',
    remedy: 'take the line out, or allow its class with "allow-override"',
  },
  {
    id: 'answered-by-another',
    severity: 'error',
    state: ({ answer: { seen, status, url } }) =>
      seen === false && status !== 0
        ? `GET ${url}: status ${status}, and nothing in the access log of the site`
        : undefined,
    cause: "another virtual host answers for the site: its name is not this one's, or another file claims it first",
    remedy: 'compare "apache2ctl -S" with "server-name" and "aliases"; apply writes the virtual host again',
    repair: 'apply',
    symptomOf: ['site-disabled', 'apache-stopped', 'apache-missing', 'port-taken', 'daemon-missing'],
  },
  {
    id: 'daemon-unreachable',
    severity: 'error',
    texts: [/Unable to connect to WSGI daemon process/, /Unable to (create|bind|listen on) unix domain socket/],
    cause: 'Apache cannot reach the daemon: its socket is gone or closed, or too many requests wait',
    remedy: 'look at /run/apache2 and at WSGISocketPrefix; systemctl restart apache2 makes the sockets anew',
    total: true,
    symptomOf: ['python-home', 'home-unusable', 'account-missing'],
  },
  {
    id: 'daemon-crashed',
    severity: 'error',
    texts: [/AH0005[12]: child pid \d+ exit signal (Segmentation fault|Bus error|Illegal instruction|Aborted)/],
    cause: 'a process of the application crashed: that is a fault of a C extension, never of Python code',
    remedy:
      'many C extensions work in the main interpreter only, so give each application a process group of its own; else ' +
      'update the package, or make the venv anew',
    symptomOf: ['python-home', 'python-mismatch'],
  },
  {
    id: 'daemon-died',
    severity: 'error',
    texts: [
      /Truncated or oversized response headers received from daemon/,
      /Response header line too long from daemon process/,
      /closed connection before sending complete response headers/,
      /Error reading response headers from daemon process/,
    ],
    // a reload ends requests that take too long, too
    changed: (host) => (isHealthy(host) ? (host.loaded ?? 0) + reloading : 0),
    also: /AH0005[12]: child pid \d+ exit signal/,
    cause: 'the daemon process died while it answered, or sent a header that is too long',
    remedy:
      'look for "Segmentation fault" in /var/log/apache2/error.log and for "Out of memory" in dmesg; keep headers and ' +
      'cookies below 8 kB',
    symptomOf: ['daemon-crashed', 'python-home', 'home-unusable'],
  },
  {
    id: 'queue-timeout',
    severity: 'warning',
    texts: [/Queue timeout expired for WSGI daemon process/],
    cause: 'requests waited too long for a free thread of the daemon',
    remedy: 'find what is slow; or set more "threads" or "processes"',
    symptomOf: ['python-home', 'home-unusable'],
  },
  {
    id: 'timeout',
    severity: 'error',
    texts: [/Timeout when reading response headers from daemon process/],
    cause: 'the application did not answer in time',
    remedy: 'look what it waits for at start-up; check.path may be too slow',
    symptomOf: ['python-home', 'home-unusable', 'app-run', 'daemon-crashed', 'daemon-died', 'queue-timeout'],
  },
  {
    id: 'daemon-missing',
    severity: 'error',
    state: ({ apache, groups }) =>
      apache.running
        ? first(groups, ({ name, user, processes, strangers }) => {
            if (strangers.length > 0) return `process group ${name} runs as ${strangers.join(', ')}, not as ${user}`
            return processes === 0 ? `process group ${name} has no process` : undefined
          })
        : undefined,
    cause: 'Apache runs without the process group of the site: it has not loaded the virtual host as it is written now',
    remedy: 'apply reloads Apache where that is needed',
    repair: 'apply',
    symptomOf: [
      'site-disabled',
      'config-broken',
      'python-home',
      'home-unusable',
      'group-duplicate',
      'module-disabled',
      'daemon-crashed',
      'daemon-died',
    ],
  },
]
