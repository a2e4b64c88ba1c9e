import type { Explanation } from './explanation.js'

/** apt, dpkg and pip on the host. */
export const packages = {
  APT_FAILED: {
    cause:
      'apt-get or dpkg failed for a reason that has no code of its own: the installation script of a package failed, a ' +
      'package of somebody else is broken, sources.list cannot be read. The lines of the evidence are those that apt ' +
      'calls errors and warnings.',
    remedy:
      'Repair it on the host, where the same apt-get can be tried as often as it takes. Then run the command again. ' +
      'What apt had installed stays installed: removing packages could take more away than this run has brought.',
    look: { onHost: ['apt-get update && apt-get -f install', 'tail -50 /var/log/apt/term.log'] },
  },
  APT_LOCKED: {
    cause:
      'Only one program at a time may use apt or dpkg. Another one held the lock for five minutes, during which this ' +
      'was tried again every two seconds: usually unattended-upgrades shortly after a boot, or an apt in another session.',
    remedy:
      'Find out who holds it, and wait until it has ended; then run the command again. Never delete the lock files: ' +
      'they are not what locks, and two dpkg at a time destroy the list of packages.',
    look: { onHost: ['ps axf | grep -E "apt|dpkg|unattended"', 'fuser -v /var/lib/dpkg/lock /var/lib/apt/lists/lock'] },
  },
  APT_DEPENDENCIES: {
    cause:
      'apt found no set of versions in which the needed packages fit to those that are there. A package is held back, ' +
      'a repository of somebody else has replaced a part of Ubuntu (a PPA for Apache or Python, often), or an earlier ' +
      'installation stopped half-way.',
    remedy:
      'Ask apt what does not fit, release what is held back or take the foreign repository out. deploy-flask never ' +
      'does either: it may be there for another site.',
    look: { onHost: ['apt-get -f install; apt-mark showhold', 'apt-cache policy apache2 apache2-dev python3-dev'] },
  },
  APT_UNTRUSTED: {
    cause:
      'apt did not believe its mirror: the key of a repository is missing or has expired, the signed list is too old ' +
      'or from the future, or a file does not have the hash that the list says. A wrong clock, a mirror in the middle ' +
      'of an update and a proxy that answers with a page of its own look like that. Nothing is installed unsigned.',
    remedy:
      'Check the clock of the host first. Then run apt-get update there: it names the repository. Renew its key or ' +
      'take the repository out; for a hash mismatch wait, or choose another mirror.',
    look: { onHost: ['date; timedatectl', 'apt-get update', 'apt-key list'] },
  },
  APT_PACKAGE_MISSING: {
    cause:
      'A package that is needed is in no list that apt has on the host. Ubuntu 18.04 has all of them in its components ' +
      'main and universe; one of these is not in sources.list, or the list was never fetched.',
    remedy: 'Write both components into /etc/apt/sources.list, for bionic, bionic-updates and bionic-security.',
    look: { onHost: ['grep -r bionic /etc/apt/sources.list*', 'apt-cache policy python3-venv'] },
  },
  APT_MIRROR_UNREACHABLE: {
    cause:
      'apt could not fetch the lists or a package: the name of the mirror has no address for the host, no connection ' +
      'comes about, or the mirror has not what the list promises. Half an update counts as a failure here, though apt ' +
      'itself calls it a warning.',
    remedy:
      'Make apt-get update succeed on the host: repair its network, its DNS or its proxy (/etc/apt/apt.conf.d), or ' +
      'name a mirror that still carries bionic.',
    look: { onHost: ['apt-get update', 'apt-config dump | grep -i proxy'] },
  },
  DPKG_INTERRUPTED: {
    cause:
      'Somebody or something stopped an earlier installation on the host before dpkg had finished: a reboot, a kill, a ' +
      'full disk. Until that is repaired, apt refuses everything.',
    remedy:
      'Let dpkg finish what it had begun, look at what it says, then run the command again. It is not done without ' +
      'you, because it may restart services of others.',
    look: { onHost: ['dpkg --audit', 'dpkg --configure -a'] },
  },
  PIP_FAILED: {
    cause:
      'pip failed for a reason that has no code of its own. The evidence is the end of what it printed. The venv that ' +
      'serves is another one than the one being filled, unless its requirements are the same: a site that was online ' +
      'still is.',
    remedy: 'The last lines name the requirement. The plan shows the whole command, which can be tried on the host.',
    look: { here: ['deploy-flask plan -f deploy-flask.yml --verbose'] },
  },
  PIP_INDEX_UNREACHABLE: {
    cause:
      'pip on the host gets no answer from its package index: no network, no DNS, a proxy that is not set, or a TLS ' +
      'certificate that the host does not trust. It is the host that fetches packages, not this computer.',
    remedy:
      'Repair the network of the host, write the index or the proxy into its /etc/pip.conf, or name an index that it ' +
      'reaches with pip.index-url in the flags file.',
    look: { onHost: ['pip3 config list; cat /etc/pip.conf', 'pip3 download --no-deps flask'] },
  },
  PIP_NO_VERSION: {
    cause:
      'The index answers, and has no version of a requirement that the Python of the host can use. Ubuntu 18.04 has ' +
      'Python 3.6, and most projects have stopped supporting it; a pin of a newer version than the last one for 3.6 ' +
      'cannot be met. A name with a typing mistake looks the same.',
    remedy:
      'Pin the last version that supports Python 3.6: Flask 2.0.3, Werkzeug 2.0.3, Jinja2 3.0.3, SQLAlchemy 1.4, for ' +
      'instance. The page of the package on its index says which Python each version requires.',
    look: { onHost: ['python3 --version', 'pip3 install PACKAGE==0  # lists all versions'] },
  },
  PIP_CONFLICT: {
    cause:
      'Two requirements, or a requirement and what another one needs in turn, exclude each other: one wants a package ' +
      'above a version, the other below it. Or one package stands in the list twice.',
    remedy:
      'pip names both sides in the evidence. Loosen or remove one of the pins; pip-compile, run with Python 3.6, makes ' +
      'a list that fits.',
  },
  PIP_BUILD_FAILED: {
    cause:
      'There is no wheel of the package for the Python of the host, so pip built it there, and the build failed: a ' +
      'header is missing (fatal error: NAME.h), a compiler or a tool is not installed, or memory ran out. gcc and ' +
      'python3-dev are installed by deploy-flask; libraries of single packages are not.',
    remedy:
      'Install what the build needs on the host (libpq-dev for psycopg2, libmysqlclient-dev for mysqlclient, libffi-dev ' +
      'for cffi), or pin a version, or a sister package such as psycopg2-binary, that has a wheel for Python 3.6.',
    look: { onHost: ['apt-file search NAME.h', 'dmesg | grep -i "out of memory"'] },
  },
} as const satisfies Readonly<Record<string, Explanation>>
