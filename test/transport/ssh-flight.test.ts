import { readFileSync } from 'node:fs'
import ssh2 from 'ssh2'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { takeOff, type FlightPlan } from '../../src/transport/ssh-flight.js'

const plan: FlightPlan = {
  first: undefined,
  signsAtOnce: () => false,
  leads: () => false,
  ahead: () => undefined,
  onRefusal: () => undefined,
}

describe('what is used of the inside of ssh2', () => {
  test('is there in the version that is installed', () => {
    const client = new ssh2.Client()
    client.on('error', () => undefined)
    client.connect({ host: '127.0.0.1', port: 1, username: 'nobody' })
    expect(takeOff(client, plan)).toEqual({ key: undefined, isInTheAir: false })
    client.destroy()
  })

  test('is left alone where it is not what is known here: ssh2 logs in by itself', () => {
    const before = new ssh2.Client()
    expect(takeOff(before, plan)).toBeUndefined()
    const other = Object.assign(new ssh2.Client(), { _protocol: { authPK: () => undefined }, _chanMgr: {} })
    expect(takeOff(other, plan)).toBeUndefined()
    expect(other.listenerCount('handshake')).toBe(0)
  })

  test('was read in the version that the lockfile names', () => {
    const lock = z.object({ packages: z.record(z.string(), z.object({ version: z.string().optional() })) })
    const { packages } = lock.parse(JSON.parse(readFileSync('package-lock.json', 'utf8')))
    expect(packages['node_modules/ssh2']?.version).toBe('1.17.0')
  })
})
