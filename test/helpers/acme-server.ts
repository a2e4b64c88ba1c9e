import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { connect, createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Guest } from '../../vagrant/guest.js'
import type { Authority } from './certificates.js'
import { output } from './eyes.js'
import { ensurePrograms } from './programs.js'

/** An authority that speaks ACME, on this machine; the guest reaches it, and trusts it. */
export interface AcmeServer {
  /** Its directory. */
  readonly url: string
  /** From now on, all names lead there. */
  resolve(address: string): Promise<void>
  stop(): Promise<void>
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const answersAt = async (address: string, port: number): Promise<void> => {
  for (let tries = 0; tries < 100; tries++) {
    const socket = connect(port, address)
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (isOpen) return
    await sleep(100)
  }
  throw new Error(`nobody listens on ${address}:${port}`)
}

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null) return
  child.kill()
  await once(child, 'exit')
}

const trust = 'cat >/usr/local/share/ca-certificates/test.crt && update-ca-certificates >/dev/null 2>&1'

/** Pebble, the test server of Let's Encrypt, with the name server that belongs to it. */
export const startAcmeServer = async (guest: Guest, authority: Authority): Promise<AcmeServer> => {
  ensurePrograms({ pebble: '/usr/bin/pebble' })
  const here = (await output(guest, "ip -4 route show default | awk '{ print $3 }'")).trim()
  const [port, management, dns, steering] = await Promise.all([freePort(), freePort(), freePort(), freePort()])
  const own = authority.issue('acme', { names: [here] })
  const file = (name: string): string => join(authority.folder, name)
  await writeFile(file('acme.crt'), own.certificate)
  await writeFile(file('acme.key'), own.key)
  await writeFile(
    file('pebble.json'),
    JSON.stringify({
      pebble: {
        listenAddress: `${here}:${port}`,
        managementListenAddress: `127.0.0.1:${management}`,
        certificate: file('acme.crt'),
        privateKey: file('acme.key'),
        httpPort: 80,
        tlsPort: 443,
        ocspResponderURL: '',
        externalAccountBindingRequired: false,
      },
    }),
  )
  const names = spawn(
    'pebble-challtestsrv',
    [
      ...['-dns01', `127.0.0.1:${dns}`, '-management', `127.0.0.1:${steering}`],
      ...['-defaultIPv4', guest.host, '-defaultIPv6', '', '-http01', '', '-https01', '', '-tlsalpn01', ''],
    ],
    { stdio: 'ignore' },
  )
  const pebble = spawn('pebble', ['-config', file('pebble.json'), '-dnsserver', `127.0.0.1:${dns}`], {
    stdio: 'ignore',
    // by itself it sleeps, refuses some requests, and spares itself half of the questions
    env: { ...process.env, PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '0', PEBBLE_AUTHZREUSE: '0' },
  })
  const stop = async (): Promise<void> => {
    await Promise.all([end(pebble), end(names)])
  }
  try {
    await answersAt(here, port)
    await output(guest, trust, authority.certificate)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    url: `https://${here}:${port}/dir`,
    async resolve(ip) {
      await fetch(`http://127.0.0.1:${steering}/set-default-ipv4`, { method: 'POST', body: JSON.stringify({ ip }) })
    },
    stop,
  }
}
