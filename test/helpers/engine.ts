import { flaskSite } from '../../playbooks/flask-site.js'
import type { Event } from '../../src/core/event.js'
import type { Site } from '../../src/core/site.js'
import { applyPlan } from '../../src/engine/apply.js'
import { holdHost } from '../../src/engine/hold.js'
import { surveyHost, type Survey } from '../../src/engine/survey.js'
import { connectSsh } from '../../src/transport/ssh.js'
import type { Transport } from '../../src/transport/transport.js'
import type { Guest } from '../../vagrant/guest.js'

const connected = async <T>(guest: Guest, work: (transport: Transport) => Promise<T>): Promise<T> => {
  const transport = await connectSsh({ host: guest.name, sshConfigFile: guest.sshConfigFile })
  try {
    return await work(transport)
  } finally {
    await transport.close()
  }
}

export const look = (guest: Guest, site: Site): Promise<Survey> =>
  connected(guest, (transport) => surveyHost(transport, flaskSite.phases(site)))

/** Does what is to be done, by the engine itself; answers with each change: `update file /etc/...`. */
export const applyTo = (guest: Guest, site: Site): Promise<readonly string[]> =>
  connected(guest, async (transport) => {
    const phases = flaskSite.phases(site)
    const survey = await surveyHost(transport, phases)
    const [refusal] = survey.refusals
    if (refusal !== undefined) throw refusal
    const changes: string[] = []
    const emit = (event: Event): void => {
      if (event.type === 'step.change') changes.push(`${event.change.kind} ${event.change.subject}`)
    }
    const holder = { who: 'the tests', from: '', since: new Date().toISOString(), command: 'apply', site: site.name }
    const host = await holdHost(transport, { holder, seconds: 0, onWaiting: () => undefined }, emit)
    try {
      await applyPlan({ host, phases, survey, confirmed: true, emit })
    } finally {
      await host.release()
    }
    return changes
  })
