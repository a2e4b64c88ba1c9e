import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { withLock } from './cache.js'
import { containerFolder, listContainers } from './lxc.js'

const leasesFile = '/var/lib/misc/dnsmasq.lxcbr0.leases'

/**
 * Guests have static addresses: dnsmasq pings an address for three seconds before it gives it away (a boot takes 0.3 s
 * without), and keeps it for an hour after the guest is gone, so that a long test run would use up all of them. Its
 * ping is also what keeps it from giving one of ours to somebody else.
 */
export interface Address {
  readonly host: string
  readonly gateway: string
  readonly mac: string
}

export async function reserveAddress(container: string): Promise<Address> {
  return await withLock('addresses', async () => {
    const gateway = await bridgeAddress()
    const network = gateway.split('.').slice(0, 3)
    const taken = await takenAddresses()
    const last = Array.from({ length: 240 }, (_, index) => index + 10).find(
      (number) => !taken.has([...network, number].join('.')) && gateway !== [...network, number].join('.'),
    )
    if (last === undefined) throw new Error('no free address on the bridge lxcbr0; see npm run host -- list')
    const host = [...network, last].join('.')
    await writeFile(addressFile(container), host)
    // One address, one MAC: the next guest with this address is not looked for at the card of the last one.
    return { host, gateway, mac: `00:16:3e:df:00:${last.toString(16).padStart(2, '0')}` }
  })
}

/** For a container that is not started again: a template. */
export async function releaseAddress(container: string): Promise<void> {
  await rm(addressFile(container), { force: true })
}

export async function addressOf(container: string): Promise<string> {
  return await readFile(addressFile(container), 'utf8')
}

/** The file that gives it to systemd-networkd inside. */
export function networkFile({ host, gateway }: Address): string {
  return `[Match]\nName=eth0\n\n[Network]\nAddress=${host}/24\nGateway=${gateway}\nDNS=${gateway}\n`
}

function addressFile(container: string): string {
  return join(containerFolder(container), 'address')
}

/** Of this machine, as the guests see it. */
export async function bridgeAddress(): Promise<string> {
  const { stdout } = await execa('ip', ['-4', '-o', 'addr', 'show', 'dev', 'lxcbr0'])
  const address = /inet ([\d.]+)\/24/.exec(stdout)?.[1]
  if (address === undefined) throw new Error(`lxcbr0 should have one IPv4 address with /24, got "${stdout.trim()}"`)
  return address
}

async function takenAddresses(): Promise<Set<string>> {
  const leases = existsSync(leasesFile) ? await readFile(leasesFile, 'utf8') : ''
  const leased = leases.split('\n').map((line) => line.split(' ')[2] ?? '')
  const files = (await listContainers()).map(addressFile).filter((file) => existsSync(file))
  return new Set([...leased, ...(await Promise.all(files.map((file) => readFile(file, 'utf8'))))])
}
