import { auditFile } from '../core/host-paths.js'
import { safeJson } from '../core/sanitise.js'
import { askProbes } from '../engine/ask.js'
import { readAudit, type Audited } from '../engine/audit.js'
import type { Probe } from '../core/probe.js'
import { auditText } from '../render/audit-text.js'
import { connected } from './connected.js'
import type { AuditOptions } from './options.js'
import type { Session } from './session.js'

const usualLines = 20

/** The end of what is kept, with the file before it; each line is shorter than 4096 bytes. */
const recorded: Probe<readonly Audited[]> = {
  ask: { sh: `cat ${auditFile}.1 ${auditFile} 2>/dev/null | tail -n 2000` },
  as: 'root',
  parse: ({ stdout }) => readAudit(stdout),
}

/** Who did what on the host, and when: of this site, or of all. */
export const audit = async (session: Session, options: AuditOptions): Promise<number> =>
  connected(session, options, async ({ transport, site }) => {
    const { io, colours } = session
    const { all } = (await askProbes(transport, [{ all: recorded }])).of({ all: recorded })
    const wanted = all.filter((one) => options.all === true || one.site === site).slice(-(options.lines ?? usualLines))
    io.stdout.write(options.json === true ? `${safeJson(wanted, 2)}\n` : auditText(wanted, colours.result))
    return 0
  })
