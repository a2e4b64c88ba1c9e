import { z } from 'zod'
import { backupsFolder } from '../core/host-paths.js'
import type { Probe } from '../core/probe.js'
import { quote } from '../core/quote.js'
import { list, readAs, text } from './facts.js'

const backup = z.object({
  /** Of its folder; it begins with the time. */
  name: text,
  /** UTC, by the clock of the host: `2026-11-24T20:13:00Z` */
  at: text,
  /** Why it was made. */
  reason: text,
  databases: list(
    z.object({
      path: text,
      bytes: z.number(),
      /** Its name in the folder of the backup. */
      file: z.string().regex(/^\d{1,4}\.db$/),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
})

export type Backup = z.output<typeof backup>

/** What cannot be read is no backup: a half one never gets its name. */
const LIST = `
import json, os, sys
found = []
for name in sorted(os.listdir(sys.argv[1])) if os.path.isdir(sys.argv[1]) else []:
    try:
        with open(os.path.join(sys.argv[1], name, "backup.json"), encoding="utf-8") as opened:
            found.append(dict(json.loads(opened.read(1000000)), name=name))
    except (OSError, ValueError):
        continue
print(json.dumps(found))
`

/**
 * The backups of the databases of a site, the oldest first.
 *
 * @param site its name
 */
export const backupsOf = (site: string): Probe<readonly Backup[]> => ({
  ask: { sh: `python3 -I -S -c ${quote(LIST)} ${quote(backupsFolder(site))}` },
  as: 'root',
  parse: ({ stdout }) => readAs('backups', list(backup), stdout),
})
