import type { Explanation } from './explanation.js'

/** A site that is on a host already: its manifest, its releases. */
export const deployed = {
  MANIFEST_UNREADABLE: {
    cause:
      'deploy-flask notes on the host what each site consists of and what was there before it: in manifest.json of ' +
      '/var/lib/deploy-flask/SITE, and in host.json beside these folders. One of them is damaged, or was edited by hand ' +
      'so that it cannot be understood. To go on would be to guess what belongs to the site.',
    remedy:
      'Bring the file back from a backup. Without one, move it away and apply again: a new one is written, in which ' +
      'everything that is on the host by then counts as there before, so that a removal leaves it alone.',
    look: { onHost: ['python3 -m json.tool /var/lib/deploy-flask/SITE/manifest.json'] },
  },
  MANIFEST_NEWER: {
    cause:
      'The notes on the host were written by a newer version of deploy-flask than the one that reads them now. It may ' +
      'know things of the site that this version would overlook.',
    remedy: 'Install the newer version here, on every computer that deploys to this host.',
    look: { here: ['deploy-flask --version'] },
  },
  SITE_UNKNOWN: {
    cause:
      'The host has no site of that name which deploy-flask has put there: there is no manifest of it. It may be another ' +
      'host than the one that is meant, a site that was never applied, or one that somebody made by hand.',
    remedy: 'The message names the sites that there are. Correct "site" or "host", or apply the site first.',
    look: { onHost: ['ls /var/lib/deploy-flask', 'apache2ctl -S'] },
  },
  RELEASE_UNKNOWN: {
    cause:
      'There is no such release of the site on the host, or the text fits more than one. Releases are named by the time ' +
      'of their deployment and the hash of their content; older ones are removed ("keep-releases").',
    remedy: 'Take one of those that the message lists, or check out that version of the code and apply it.',
    look: { here: ['deploy-flask status -f deploy-flask.yml'], onHost: ['ls /srv/SITE/releases'] },
  },
  RELEASE_MISSING: {
    cause:
      'There is nothing to go back to: this is the first release, or all others before it did not answer, were gone back ' +
      'from, or are not on the host any more (the code, or the virtual environment that it ran in); or the code of the ' +
      'site lies on the host and has no releases.',
    remedy: 'Check out the version of the code that you want, and apply it.',
    look: { here: ['deploy-flask status -f deploy-flask.yml'] },
  },
  BUILD_FAILED: {
    cause:
      'The command in "build" ended with an exit code other than 0, or has made something in the new release that cannot be ' +
      'there: a link that leads out of it, a second name of a file, a socket. It is run once for each release, as the account ' +
      'of the site, in the new code. That release is given up; the one that was online before still serves.',
    remedy:
      'Read the last lines of the evidence. The command finds the settings of the site in its environment and the programs of ' +
      'the requirements in its PATH, has no home directory, and may write to the folder that it is started in. Repair it and ' +
      'apply again.',
    look: { here: ['deploy-flask explain --origins -f deploy-flask.yml'] },
  },
  MIGRATE_FAILED: {
    cause:
      'The command in "migrate" ended with an exit code other than 0. It is run once for each release, in the new code, as ' +
      'the account of the site, before that code goes online: so the release that was online before still serves. What the ' +
      'command had changed by then stays, unless it takes that back itself (a transaction, as Alembic uses where the ' +
      'database can). It is run again by the next apply.',
    remedy:
      'Read the last lines of the evidence. Where the old release does not work with the data any more, bring back the ' +
      'backup that the message names: "deploy-flask restore". Then repair the migration and apply again.',
    look: {
      here: [
        'deploy-flask run -f deploy-flask.yml -- flask db current',
        'deploy-flask backup list -f deploy-flask.yml',
      ],
    },
  },
  BACKUP_FAILED: {
    cause:
      'A SQLite file of the site could not be copied, or the copy is not whole: the file is damaged or no database at all ' +
      '("file is not a database"), somebody has locked it for longer than a minute, or the account of the site cannot read ' +
      'it. No migration is made and nothing is restored without a backup; nothing was put online.',
    remedy:
      'The evidence names the file. Bring back an older backup of a damaged one, or repair it; correct "sqlite" when ' +
      'another file is meant.',
    look: {
      here: ['deploy-flask backup list -f deploy-flask.yml'],
      onHost: ['file /srv/SITE/data/*', 'fuser -v /srv/SITE/data/*'],
    },
  },
  RESTORE_FAILED: {
    cause:
      'A backup could not be written into the databases of the site. Each database is written as a whole or not at all; the ' +
      'message says which of several are restored already. The copy may have been changed on the host since it was made, ' +
      'somebody may have the database locked for longer than a minute, or the disk may be full.',
    remedy: 'Repair what the message names and restore again. What was there before is a backup of its own.',
    look: {
      here: ['deploy-flask backup list -f deploy-flask.yml'],
      onHost: ['ls -l /var/lib/deploy-flask/SITE/backups', 'fuser -v /srv/SITE/data/*', 'df -h'],
    },
  },
  BACKUP_UNKNOWN: {
    cause:
      'There is no such backup of the databases of the site on the host, or the text fits more than one. Backups are named ' +
      'by the time at which they were made; older ones are removed ("keep-backups").',
    remedy: 'Take one of those that the message lists.',
    look: { here: ['deploy-flask backup list -f deploy-flask.yml'], onHost: ['ls /var/lib/deploy-flask/SITE/backups'] },
  },
  DATABASE_MISSING: {
    cause:
      'There is nothing to back up or to restore: the site was applied without SQLite files ("sqlite"), or none of them is ' +
      'there. Databases of a server of their own (PostgreSQL, MariaDB) are not backed up by this program.',
    remedy: 'Name the SQLite files in "sqlite" and apply; back up other databases with their own tools.',
    look: { here: ['deploy-flask explain --origins -f deploy-flask.yml'] },
  },
} as const satisfies Readonly<Record<string, Explanation>>
