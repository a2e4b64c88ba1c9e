import { defineStep, type Step } from '../../core/step.js'
import { DeployError } from '../../errors.js'
import { listeners } from '../../probes/host.js'

/**
 * Nothing to change: refuses when another program listens on the site's port, which configtest would not see (proc(5),
 * /proc/net/tcp).
 *
 * @param number TCP port
 * Refuses with PORT_TAKEN, naming the programs.
 */
export const port = (number: number): Step =>
  defineStep({
    id: 'apache.port',
    why: 'another server on the port would keep Apache from starting',
    title: `Port ${number} is free or Apache's`,
    probes: { listeners: listeners(number) },
    plan: () => [],
    refuse: (is) => {
      const others = is.listeners.filter((name) => name !== 'apache2')
      if (others.length === 0) return []
      return [
        new DeployError('PORT_TAKEN', {
          what: `port ${number} is taken by ${others.join(', ')}: Apache could not start or reload`,
          evidence: `listening on port ${number}: ${is.listeners.join(', ')}`,
          remedy: `stop that program or move it to another port, or set "port" of the site to another one`,
        }),
      ]
    },
  })
