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
      'Only one program at a time may use apt or dpkg. Another one held a lock for as long as apt.lock-seconds says (five ' +
      'minutes), during which this was tried again and again: usually unattended-upgrades shortly after a boot, or an ' +
      'apt in another session. Nothing was changed.',
    remedy:
      'The message names who holds it. Wait until it has ended; then run the command again. Never delete the lock files: ' +
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
      'apt did not believe its mirror: the key of a repository is missing or has expired, nothing is signed, or a file ' +
      'does not have the size or the hash that the signed list says. A mirror in the middle of an update, a proxy that ' +
      'changes files and an attacker look like that. Nothing is installed unsigned.',
    remedy:
      'Run apt-get update there: it names the repository. Renew its key or take the repository out; for a hash mismatch ' +
      'wait, or choose another mirror.',
    look: { onHost: ['apt-get update', 'apt-key list'] },
  },
  APT_RELEASE_DATE: {
    cause:
      'The list of a repository is signed, and says until when it may be believed and when it was made. By the clock of ' +
      'the host that has passed, or has not come yet: the clock is wrong, or the mirror is no longer kept up to date.',
    remedy:
      'Compare the clock of the host with yours, and let it be set over the network. When it is right, choose another ' +
      'mirror.',
    look: { onHost: ['date; timedatectl', 'timedatectl set-ntp true', 'apt-get update'] },
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
      'apt could not talk to its mirror: its name has no address for the host, or no connection comes about. Half an ' +
      'update counts as a failure here, though apt itself calls it a warning.',
    remedy:
      'Make apt-get update succeed on the host: repair its network, its DNS or its proxy (/etc/apt/apt.conf.d), or ' +
      'name a mirror that still carries bionic.',
    look: { onHost: ['apt-get update', 'apt-config dump | grep -i proxy'] },
  },
  APT_MIRROR_BROKEN: {
    cause:
      'Something answers in place of the mirror, and not with what apt asked for: an error such as 404, a redirection ' +
      'without end, a page of a network that wants a login, or a connection that is cut in the middle of each file. A ' +
      'file is asked for three times; a list that is older than the mirror names files that are gone.',
    remedy:
      'Ask for the address in the message from the host itself. Log in to its network or set its proxy where a page ' +
      'comes back; otherwise name another mirror, one that still carries bionic.',
    look: { onHost: ['curl -sSI ADDRESS', 'apt-config dump | grep -i proxy', 'grep -r bionic /etc/apt/sources.list*'] },
  },
  APT_HELD: {
    cause:
      'Somebody has decided that a package of the host must not change: it is on hold, or a file of preferences pins it. ' +
      'What is to be installed would need that. deploy-flask never removes a hold or a pin.',
    remedy: 'Find out why it is held. Then release it yourself, or install a version that it fits to.',
    look: { onHost: ['apt-mark showhold', 'apt-cache policy PACKAGE; ls /etc/apt/preferences.d'] },
  },
  APT_STALLED: {
    cause:
      'Nothing was heard of an installation for as long as apt.stall-seconds says (half an hour): the script of a package ' +
      'waits for something that does not come. The script was ended, so that dpkg could write down where it was.',
    remedy:
      'Let dpkg configure that package on the host and see what it waits for. Where it only is slow, raise ' +
      'apt.stall-seconds in the flags file.',
    look: { onHost: ['dpkg --audit', 'dpkg --configure PACKAGE'] },
  },
  DPKG_INTERRUPTED: {
    cause:
      'Somebody or something stopped an earlier installation on the host before dpkg had finished: a reboot, a kill, a ' +
      'full disk. Until that is repaired, apt refuses everything. dpkg --configure -a, which finishes it, was run and ' +
      'has failed.',
    remedy: 'The last lines of dpkg name the package. Make dpkg --configure -a succeed, then run the command again.',
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
  PIP_DOWNLOAD_DAMAGED: {
    cause:
      'The index answers, and what it sends is not what it promises: a file ends too early, is no archive, or does not ' +
      'have its hash. A proxy or a mirror that keeps a broken copy looks like that. Nothing of it was installed.',
    remedy:
      'Run the command again: a cut connection is gone by then. If it stays so, name another index with pip.index-url, ' +
      'or have the copy on the mirror renewed.',
    look: { onHost: ['pip3 config list; cat /etc/pip.conf', 'pip3 download --no-deps --no-cache-dir PACKAGE'] },
  },
  PIP_KILLED: {
    cause:
      'pip, or what it had started to build a package, was ended by a signal. Where nobody has done that by hand, it is ' +
      'the kernel, which had no memory left.',
    remedy:
      'Look for it in the log of the kernel. Give the host more memory or swap, or pin a version that has a wheel, so ' +
      'that nothing has to be built. The next run repairs what was left half done.',
    look: { onHost: ['dmesg | grep -i "out of memory"', 'free -m'] },
  },
} as const satisfies Readonly<Record<string, Explanation>>
