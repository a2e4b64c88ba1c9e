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
} as const satisfies Readonly<Record<string, Explanation>>
