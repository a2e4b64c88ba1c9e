import type { Explanation } from './explanation.js'

/** The application, and whether Apache serves it. */
export const application = {
  APP_IMPORT_FAILED: {
    cause:
      'Before anything is served from it, the application is imported on the host: as its own account, in its venv, ' +
      'with its settings. That raised an error which has no code of its own: a setting that is missing (KeyError), a ' +
      'service that is asked at import, a factory that needs arguments. Nothing was put online; a version that was ' +
      'online before still is.',
    remedy:
      'Read the traceback in the evidence. Add what it misses to "settings", correct "wsgi", or repair the code; then ' +
      'apply again.',
    look: { here: ['deploy-flask explain --vhost -f deploy-flask.yml  # the WSGI script stands at its end'] },
  },
  APP_MODULE_MISSING: {
    cause:
      'The application was imported on the host before going online, and a module was not found: "No module named". ' +
      'Either a package is not in the requirements, though it is installed on your own computer; or it is a module of ' +
      'the application itself, and "code" or "wsgi" names another folder than the one that holds it, or an ignore file ' +
      'leaves it out.',
    remedy:
      'For a package: add it to the requirements, with a version for Python 3.6. For a module of your own: "code" is ' +
      'the folder from which "import MODULE" works; look whether .gitignore or .deployignore leaves the file out.',
    look: { here: ['pip freeze'], onHost: ['ls /srv/SITE/current'] },
  },
  APP_SYNTAX_ERROR: {
    cause:
      'Python could not read the code at all. On Ubuntu 18.04 it is Python 3.6: the walrus operator, positional-only ' +
      'parameters, match, "from __future__ import annotations" and the = of f-strings came later. Code of Python 2 ' +
      'ends here too. The last lines of the evidence show file, line and place.',
    remedy:
      'Write the line so that Python 3.6 understands it. When it stands in an installed package, pin a version of that ' +
      'package that supports 3.6.',
    look: { onHost: ['python3 -m compileall -q /srv/SITE/current'] },
  },
  APP_OBJECT_MISSING: {
    cause:
      'The module was imported, but does not hold the object that "wsgi" or "callable" names, or what it holds cannot ' +
      'be called. The object has another name, stands in another module of the package, or is only made by a function ' +
      '(create_app) and not there by itself.',
    remedy:
      'Set "wsgi" to module:object for an object (app = Flask(...)), or to module:factory() for a function that returns ' +
      'the application. The module is the dotted path of the file below the folder in "code".',
    look: { here: ['grep -rnE "Flask\\(|def (create|make)_app" .'] },
  },
  PATH_UNUSABLE: {
    cause:
      'The new configuration names a script, folder, file or virtual environment that is not there, or that the ' +
      'account which needs it cannot reach. Apache itself would say "Syntax OK" and answer every request with an ' +
      'error, so each path is tried as that account before the reload. The running Apache was not touched.',
    remedy:
      'The evidence names path, account and setting. Correct the setting, or give the account the right to enter every ' +
      'folder above the path: code below a home directory is closed to others on many hosts.',
    look: { onHost: ['namei -l PATH', 'sudo -u ACCOUNT test -r PATH && echo yes'] },
  },
  APACHE_CONFIG_BROKEN: {
    cause:
      'configtest refused the configuration with the change in it, or would have loaded a second mod_wsgi. The running ' +
      'Apache was not touched, and the change was taken back. When the named line is in a file of somebody else, that ' +
      'file does not fit together with mod_wsgi or with the new site: a name that is defined twice, for instance.',
    remedy:
      'Read the line that Apache names. In a file of another site, repair it there; when it is in the file of your ' +
      'site, look at the settings that cause it, and report it: a setting that Apache refuses should be refused here.',
    look: { here: ['deploy-flask explain --vhost -f deploy-flask.yml'], onHost: ['apache2ctl configtest'] },
  },
  APACHE_RELOAD_FAILED: {
    cause:
      'configtest had accepted the configuration, but systemctl could not make Apache take it. A port cannot be bound, ' +
      'a certificate or log folder cannot be opened, or memory is short: what is only seen when it is really done. The ' +
      'change was taken back, and Apache was told so.',
    remedy: 'The journal of the unit and the error log say why. Repair that, then apply again.',
    look: { onHost: ['systemctl status apache2; journalctl -u apache2 -n 50', 'tail -50 /var/log/apache2/error.log'] },
  },
  SITE_NOT_ANSWERING: {
    cause:
      'After Apache had taken the change, the site was asked over HTTP on the host and did not answer as it should: no ' +
      'answer in time, a status or a text that "check" does not count, or one of its mounts with a status of 500 or more. The change was ' +
      'taken back; the version that was online before is online again. What the error log has got since is in the ' +
      'evidence, and its most likely cause in the first line.',
    remedy:
      'Repair the application after the traceback. Where the page rightly answers otherwise (404 at /, a login), say ' +
      'which path, statuses and text count, and how many seconds it may take, with "check".',
    look: { onHost: ['tail -50 /var/log/apache2/SITE-error.log', 'curl -sSi -H "Host: NAME" localhost/'] },
  },
  SITE_ANSWERED_BY_ANOTHER: {
    cause:
      'The request for the new site was answered, but its access log did not see it: another virtual host took it. ' +
      'Apache first compares address and port, and only among the best of these the names, so a virtual host that is ' +
      'bound to a single address wins over one for all (*). The change was taken back.',
    remedy:
      'Compare the addresses: bind this site to the same ones with "addresses", or the other one to *. Look for a site ' +
      'that has the name as ServerAlias with a wildcard and stands before it in the alphabet.',
    look: { onHost: ['apache2ctl -S', 'grep -rnE "<VirtualHost|Server(Name|Alias)" /etc/apache2/sites-enabled'] },
  },
  PROCESS_GROUP_WRONG: {
    cause:
      'The site answers, but not from the processes that it should: a process group has no process, runs as another ' +
      'account, or uses another Python than the venv of the site. Two groups may have one name, processes may have ' +
      'died at once, or the application may be served by the main processes of Apache. The change was taken back.',
    remedy:
      'The evidence compares what was seen with what is wanted, for each group. Look for another WSGIDaemonProcess of ' +
      'that name, and in the error log for processes that end at once.',
    look: {
      onHost: [
        'ps -eo user,args | grep "(wsgi:"',
        'grep -rn WSGIDaemonProcess /etc/apache2',
        'grep -E "mod_wsgi|Segmentation" /var/log/apache2/error.log | tail',
      ],
    },
  },
  SITE_STILL_THERE: {
    cause:
      'A site was to be removed and Apache has read its configuration without it; but half a minute later processes of ' +
      'the site still ran, or its virtual host still answered. A request that does not end keeps a process alive as ' +
      'long as "graceful-timeout" and "shutdown-timeout" let it. The removal was taken back, and the site is online.',
    remedy: 'Look what its processes are busy with, let that end or end it, then remove the site again.',
    look: { onHost: ['ps -eo user,pid,etime,args | grep wsgi', 'tail -n 50 /var/log/apache2/error.log'] },
  },
  NEIGHBOUR_BROKEN: {
    cause:
      'Every other site of the host is asked before and after the change. One that had answered now answers with ' +
      'another status, or not at all; so the change was taken back, and the sites were asked once more. A site whose ' +
      'status changes by itself (one that is being deployed, that fails now and then) looks like that too.',
    remedy:
      'Read the error log of the named site. When it is as before without the change, the two do not fit together: ' +
      'names, ports, modules or PHP and threads. When it fails by itself, repair it or wait, then apply again.',
    look: { onHost: ['apache2ctl -S', 'tail -50 /var/log/apache2/error.log'] },
  },
} as const satisfies Readonly<Record<string, Explanation>>
