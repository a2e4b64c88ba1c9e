import type { Explanation } from './explanation.js'

/** What of the host forbids a run; found before the first change. */
export const host = {
  HOST_UNSUPPORTED: {
    cause:
      'The host does not run Ubuntu 18.04. Names of packages, the layout of Apache, the Python and its versions of ' +
      'mod_wsgi, pip and Flask are all chosen for that release and tested on it.',
    remedy:
      'Deploy to an Ubuntu 18.04 host. Near relatives may work: "allow-unsupported: true" goes on at your own risk; ' +
      'look at the plan first.',
    look: { onHost: ['cat /etc/os-release'] },
  },
  HOST_UNFIT: {
    cause:
      'The host lacks what every Ubuntu 18.04 server has: python3, or systemd as its init. That is so in many ' +
      'containers, and where somebody has removed the python3 of the distribution.',
    remedy: 'Deploy to a whole machine or a system container; bring python3 back with apt-get.',
    look: {
      onHost: ['ls -d /run/systemd/system; ls -l /usr/bin/python3', 'apt-get install --reinstall python3-minimal'],
    },
  },
  HOST_READ_ONLY: {
    cause:
      'One of the file systems that have to be written (/usr, /var, /etc, /tmp, /run, the folders of the site and of its ' +
      'databases) is mounted read-only. When nobody did that on purpose, the kernel has done it after an error of the disk.',
    remedy: 'Look at the messages of the kernel first. A healthy file system can be mounted read-write again.',
    look: { onHost: ['findmnt -O ro; dmesg | tail -30', 'mount -o remount,rw PATH'] },
  },
  HOST_CLOCK_WRONG: {
    cause:
      'The clock of the host is years behind. apt would refuse package lists as made in the future, pip and git would ' +
      'refuse certificates that are not valid yet, and both would name anything but the clock.',
    remedy: 'Set the clock, and have it kept right by NTP. Then apply again.',
    look: { onHost: ['timedatectl; hwclock', 'timedatectl set-ntp true'] },
  },
  HOST_MEMORY_LOW: {
    cause:
      'mod_wsgi is built on the host with its compiler, which the kernel would kill for want of memory. Memory that is ' +
      'available and free swap are counted together. Later runs build nothing and need none of it.',
    remedy: 'Stop what takes the memory, or add a swap file for the first deployment.',
    look: {
      onHost: [
        'free -m; ps aux --sort=-rss | head',
        'fallocate -l 512M /swap; chmod 600 /swap; mkswap /swap; swapon /swap',
      ],
    },
  },
  APACHE_STOPPED: {
    cause:
      'Apache is installed and does not run; the error says when it is disabled or masked, too. It is not started ' +
      'here: somebody may have stopped it for a reason, and ' +
      'without it nobody can tell which sites answered before the change.',
    remedy: 'Start it, see that it stays up and that its sites answer, then apply again.',
    look: { onHost: ['systemctl status apache2; systemctl start apache2'] },
  },
  PORT_TAKEN: {
    cause:
      'Another program listens on the port of the site (nginx, another web server, a container with a published port). ' +
      'configtest would not see it; Apache would fail at the reload.',
    remedy: 'Stop that program or move it, or give the site another port with "port".',
    look: { onHost: ['ss -ltnp'] },
  },
  LISTEN_CONFLICT: {
    cause:
      'The site is to be reached on all addresses, and Apache listens on the same port of single addresses already. ' +
      'Both cannot be opened: the wider socket would fail, and Apache would not start any more.',
    remedy:
      'Set "addresses" to the addresses of these Listen lines, choose another port, or take the lines out where nobody ' +
      'needs them.',
    look: { onHost: ['grep -rn "^ *Listen" /etc/apache2'] },
  },
  NAME_TAKEN: {
    cause:
      'Another site of the host has "server-name" or one of "server-aliases" as its ServerName or ServerAlias. Two ' +
      'sites with one name would answer by the order of their files. Sites that are available and not enabled count, too.',
    remedy: 'Choose another name, take it out of the other file, or mount the application in that site: existing-site.',
    look: { onHost: ['grep -rniE "Server(Name|Alias)" /etc/apache2/sites-available'] },
  },
  PROCESS_GROUP_TAKEN: {
    cause:
      'Another site of the host has a WSGIDaemonProcess of the same name, which must be unique in the whole server: ' +
      'Apache would refuse its configuration.',
    remedy: 'Choose another "site" name, or name the process group otherwise with daemon.name or in process-groups.',
    look: { onHost: ['grep -rn WSGIDaemonProcess /etc/apache2'] },
  },
  ADDRESS_TAKEN: {
    cause:
      'The site is bound to single addresses, on a port where others are bound to all (*). Apache compares addresses ' +
      'before names, so this site would answer for every name that leads to these addresses, other sites included.',
    remedy: 'Leave "addresses" out, so that the names tell the sites apart, or take a port or address of its own.',
    look: { onHost: ['apache2ctl -S'] },
  },
  EMBEDDED_MODE_CONFLICT: {
    cause:
      'WSGIRestrictEmbedded holds for the whole server. Either this site wants the process group %{GLOBAL} and another ' +
      'one forbids embedded mode, or this one says "restrict-embedded: true" and another may need it.',
    remedy:
      'Run the application in a process group of its own, which is the default. Leave "restrict-embedded" out: embedded ' +
      'mode is then forbidden as soon as nobody may need it.',
    look: { onHost: ['grep -rnE "WSGIRestrictEmbedded|%\\{GLOBAL\\}|WSGIScriptAlias" /etc/apache2'] },
  },
  EXISTING_SITE_MISSING: {
    cause:
      '"existing-site.file" names the site that the application is mounted in. There is no such file in ' +
      'sites-available of the host, or it is not a file that can be read whole.',
    remedy:
      'Write the name of the file as it is on the host, such as php.conf. A site of its own needs no existing-site.',
    look: { onHost: ['ls /etc/apache2/sites-available; apache2ctl -S'] },
  },
  EXISTING_SITE_NOT_INCLUDED: {
    cause:
      'The virtual host of the existing site does not include the file of the application yet. It belongs to somebody ' +
      'else, so it is not changed unasked; and it cannot be changed where it has no <VirtualHost> section or is not ' +
      'UTF-8, because other bytes of it would change.',
    remedy:
      'Write the line of the evidence into its <VirtualHost>: it changes nothing until the application is there. Or set ' +
      '"existing-site.add-include: true", and that one line is added.',
    look: { here: ['deploy-flask explain --vhost -f deploy-flask.yml'] },
  },
  FOREIGN_FILE: {
    cause:
      'A file or link that this site would write exists already, and does not begin with the line by which deploy-flask ' +
      'knows its own files for this site: a virtual host, a WSGI script, a link in sites-enabled or mods-enabled that ' +
      'is a file. What others have written is never replaced.',
    remedy:
      'When nobody needs it, move it away. Otherwise choose another "site" name; a WSGI script of your own can be served ' +
      'as it is with "script".',
    look: { onHost: ['ls -l PATH; head -5 PATH'] },
  },
  FOREIGN_CONFIG_BROKEN: {
    cause:
      "Apache's configuration was broken before this run changed anything: configtest fails in a file that is not of " +
      'this site, or does not see what Apache would die of at its next reload (a Listen on a port that another program ' +
      'has, a log that is a folder, a WSGIPythonHome without Python). The running Apache still has the old one in ' +
      'memory, and would not come back after a restart. A deployment on top could not be told from the fault.',
    remedy: 'Repair the named line until configtest says "Syntax OK", then apply again.',
    look: { onHost: ['apache2ctl configtest'] },
  },
  DISTRIBUTION_MODULE: {
    cause:
      'mod_wsgi of the distribution (libapache2-mod-wsgi-py3, or -wsgi for Python 2) is installed. Two mod_wsgi cannot be ' +
      'loaded at once, and wsgi.load is the configuration file of that package. The version of Ubuntu 18.04 lacks what ' +
      'this needs.',
    remedy:
      'Look whether another site of the host uses it. When none does, or all work with the newer one too, set ' +
      '"replace-distribution-module: true": the package is removed, and installed again if the phase fails.',
    look: { onHost: ['dpkg -l "libapache2-mod-wsgi*"', 'grep -rlE "WSGI" /etc/apache2/sites-enabled'] },
  },
  PATH_TAKEN: {
    cause:
      'Where a folder of the site must be (its root, releases, venvs, data, or one in /etc/deploy-flask or ' +
      '/var/lib/deploy-flask), or its link "current", the host has a file, a link or something else. A link is not followed: it may lead into ' +
      'what belongs to others.',
    remedy: 'Move it away, or set "root" of the site to another folder.',
    look: { onHost: ['ls -ld PATH; readlink -f PATH'] },
  },
  PATH_MOUNTED: {
    cause:
      'A file of the site (its virtual host, a WSGI script, its settings) is exchanged for a new one in one step, so that ' +
      'nobody ever reads half of it. Here something is mounted at that very path (mount --bind of a file, a volume of a ' +
      'container), which the kernel does not let anybody exchange. A folder that is a mount point, such as the data of ' +
      'the site on a disk of its own, is no trouble.',
    remedy: 'Unmount it and take its line out of /etc/fstab; mount a whole folder where something has to be shared.',
    look: { onHost: ['findmnt PATH', 'grep PATH /etc/fstab'] },
  },
  ACCOUNT_IS_ROOT: {
    cause:
      'An account that is to run an application has the user id 0 on the host: it is root under another name. A web ' +
      'application that runs as root hands over the host with its first mistake, and mod_wsgi forbids it.',
    remedy: 'Set "user" (or the user of the process group) to another account; left out, one is made for the site.',
    look: { onHost: ['awk -F: "\\$3 == 0" /etc/passwd'] },
  },
} as const satisfies Readonly<Record<string, Explanation>>
