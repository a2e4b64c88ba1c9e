import type { Probe } from '../../core/probe.js'
import { defineStep, type Step } from '../../core/step.js'
import { DeployError } from '../../errors.js'
import { apacheRuntime, type Runtime } from '../../probes/apache.js'
import { packageVersion } from '../../probes/dpkg.js'
import { listeners, unitNamed } from '../../probes/host.js'

const taken = (number: number, others: readonly string[], all: readonly string[]): DeployError =>
  new DeployError('PORT_TAKEN', {
    what: `port ${number} is taken by ${others.join(', ')}: Apache could not start or reload`,
    evidence: `listening on port ${number}: ${all.join(', ')}`,
    remedy: `stop that program or move it to another port, or set "port" of the site to another one`,
  })

const stopped = (why: string): DeployError =>
  new DeployError('APACHE_STOPPED', {
    what: `Apache does not run on the host${why}; it is not started behind the back of whoever stopped it`,
    remedy: 'start it (systemctl start apache2) and run this again',
  })

type Asked = {
  readonly listeners: Probe<readonly string[]>
  readonly apache: Probe<Runtime>
  readonly unit: Probe<{ readonly enabled: boolean; readonly masked: boolean }>
  readonly installed: Probe<string | undefined>
} & Readonly<Record<`listeners ${number}`, Probe<readonly string[]>>>

/**
 * Nothing to change: refuses when another program listens on a port of the site, which configtest would not see (proc(5),
 * /proc/net/tcp), and when Apache is there and does not run. Notes that it will not come back after a reboot.
 *
 * @param number TCP port
 * @param more further ones, such as that of HTTPS
 * Refuses with PORT_TAKEN, naming the programs, and with APACHE_STOPPED.
 */
export const port = (number: number, ...more: readonly number[]): Step => {
  const probes: Asked = {
    listeners: listeners(number),
    ...Object.fromEntries(more.map((one) => [`listeners ${one}`, listeners(one)])),
    apache: apacheRuntime([], []),
    unit: unitNamed('apache2.service'),
    installed: packageVersion('apache2'),
  }
  const fault = (one: number, all: readonly string[]): readonly DeployError[] => {
    const others = all.filter((name) => name !== 'apache2')
    return others.length === 0 ? [] : [taken(one, others, all)]
  }
  return defineStep({
    id: 'apache.port',
    why: 'another server on the port would keep Apache from starting',
    title: `Port ${[number, ...more].join(' and ')} is free or Apache's`,
    probes,
    plan: () => [],
    refuse: ({ listeners: all, apache, unit, installed, ...others }) => {
      const why = unit.masked ? ' and is masked' : unit.enabled ? '' : ' and is disabled'
      return [
        ...fault(number, all),
        ...more.flatMap((one) => fault(one, others[`listeners ${one}`] ?? [])),
        ...(installed === undefined || apache.pid !== null ? [] : [stopped(why)]),
      ]
    },
    notes: ({ apache, unit }) => {
      if (apache.pid === null || (unit.enabled && !unit.masked)) return []
      const [word, remedy] = unit.masked ? ['masked', 'unmask'] : ['disabled', 'enable']
      return [`Apache runs and is ${word}: after a reboot no site will answer (systemctl ${remedy} apache2)`]
    },
  })
}
