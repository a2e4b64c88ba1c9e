import { z } from 'zod'
import { hostOutcomeForm } from './documents-schema.js'
import { milliseconds, told } from './events-told.js'

const hosts = z.int().nonnegative().describe('How many')
const wave = z.string().describe('Hosts that go together: canary, wave 2 of 4')

/** What is told of a fleet, besides what is told of each of its hosts. */
export const fleetForms = [
  told('fleet.start', 'A run of a fleet begins', { site: z.string(), hosts }),
  told('look.start', 'All hosts are looked at, so that a person can agree to what will be done', { hosts }),
  told('look.done', 'They were looked at', { milliseconds }),
  told('wave.start', 'Hosts that go together begin', {
    wave,
    hosts,
    atOnce: hosts.describe('In flight at the same time, at most'),
  }),
  told('wave.check', 'Canaries are asked again, once they have run for a while', {
    wave,
    hosts,
    seconds: z.int().nonnegative().describe('How long nothing is done before'),
  }),
  told('wave.done', 'All hosts of the wave have come to an end', {
    wave,
    passed: z.boolean().describe('Whether the next wave may begin'),
  }),
  told('host.start', 'A host begins', {}),
  told('host.done', 'A host has come to its end', { outcome: hostOutcomeForm }),
  told('fleet.done', 'The run of the fleet has ended. It comes last', {
    hosts: z.object({ changed: hosts, same: hosts, failed: hosts, notBegun: hosts }),
    milliseconds,
    exitCode: z.int().describe('Of the process; the gravest of its hosts'),
  }),
] as const
