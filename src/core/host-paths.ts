/** What a run needs on the host while it goes on; gone when the host is started anew. */
export const runFolder = '/run/deploy-flask'

/** Where the previous version of a replaced file waits until its phase has passed or was taken back. */
export const undoFolder = '/var/lib/deploy-flask/undo'

/** What is to be taken back, a line a change, written before the change is made. */
export const journalFile = `${undoFolder}/journal`

/** Folder of everything that is kept of a site, beside its own. */
export const siteState = (site: string): string => `/var/lib/deploy-flask/${site}`

/** What was there before a site, noted before its first run changes anything. */
export const beforeFile = (site: string): string => `${siteState(site)}/before.json`

/** What a site consists of, and what was there before it. */
export const manifestFile = (site: string): string => `${siteState(site)}/manifest.json`

/** What a file was that somebody had made by hand, before it became the site's. */
export const byHandFile = (site: string, path: string): string =>
  `${siteState(site)}/${path.slice(1).replaceAll('/', '%')}.by-hand`

/** What all sites share, and how it was before the first of them. */
export const hostManifestFile = '/var/lib/deploy-flask/host.json'

/** Who did what, a line of JSON each, the last at the end. */
export const auditFile = '/var/lib/deploy-flask/audit.log'

/** Which releases of a site were online, a line of JSON each, the last at the end. */
export const historyFile = (site: string): string => `${siteState(site)}/history`

/** Copies of the databases of a site, a folder each, named by the time at which they were made. */
export const backupsFolder = (site: string): string => `${siteState(site)}/backups`

/** For which code, with which settings, the data of a site were migrated, a line each, the last at the end. */
export const migratedFile = (site: string): string => `${siteState(site)}/migrated`

/** Which backup was brought back last, and when. */
export const restoredFile = (site: string): string => `${siteState(site)}/restored`

/** How everything was that concerns a site when the last run had brought it there. */
export const asLeftFile = (site: string): string => `${siteState(site)}/as-left`

/** What certbot calls the certificate of a site. */
export const lineageOf = (site: string): string => `deploy-flask-${site}`

const letsencrypt = '/etc/letsencrypt'

/** Where the certificate lies that is shown, with its key. */
export const liveFolder = (lineage: string): string => `${letsencrypt}/live/${lineage}`

/** In which way certbot obtained it, and will renew it. */
export const renewalFile = (lineage: string): string => `${letsencrypt}/renewal/${lineage}.conf`

/** What certbot runs when it has renewed it. */
export const renewalHook = (lineage: string): string => `${letsencrypt}/renewal-hooks/deploy/${lineage}`

/** Everything that is kept of it. */
export const lineagePaths = (lineage: string): readonly string[] => [
  renewalHook(lineage),
  liveFolder(lineage),
  `${letsencrypt}/archive/${lineage}`,
  renewalFile(lineage),
]
