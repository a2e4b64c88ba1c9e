import { afterAll, beforeAll } from 'vitest'
import { fault, type CaseOptions } from '../fault.js'
import type { Flags, Rig } from '../rig.js'
import type { Deb } from './deb.js'
import { makeKey, repository, type Dates, type Key } from './repository.js'
import { startServer, type Server } from './server.js'

const wheel = 'python3-wheel'

/** So high that the host's own mirror never has a newer one. */
let version = 99_000

/** Package sources of a guest that are a server of the test, with one of the packages that every site needs. */
export interface Sources {
  readonly server: Server
  readonly key: Key
  readonly other: Key
  /** In a version that is newer than all before; signed by the known key. */
  readonly offer: (wheel?: Partial<Deb>, more?: readonly Deb[], dates?: Dates, key?: Key) => Promise<void>
  /** Flags with something to install, and little patience. */
  readonly flags: (rig: Rig) => Flags
}

const list = '/etc/apt/sources.list'

/** What changes of a guest that is pointed to other sources, or gets another apt. */
export const pointing = /(^|: )\/etc\/(apt\/|kernel\/postinst\.d\/apt|ld\.so\.cache)/

/** What the guest came with. */
export const ownList = '/root/own-sources.list'

/** Has the guest install from the server, with the package missing. */
const point = async ({ server, key, offer }: Sources, rig: Rig, prepare: string): Promise<void> => {
  server.behaveWell()
  await offer()
  await rig.host(`[ -e /etc/apt/trusted.gpg.d/test.gpg ] || { cp ${list} ${ownList}
${prepare}
}
echo 'deb ${server.url} bionic main' >${list}
base64 -d >/etc/apt/trusted.gpg.d/test.gpg <<<${key.publicKey.toString('base64')}
rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb
dpkg --purge --force-depends ${wheel} >/dev/null 2>&1`)
  rig.finally(async () => {
    server.behaveWell()
    await offer()
  })
}

/** The sources of all cases of a file. `prepare` is done once to a guest, with the sources that it has. */
export const useSources = (
  prepare = 'true',
): {
  readonly sources: Sources
  /** A fault of package sources: the guest has one package to install. */
  readonly packageFault: (
    id: string,
    title: string,
    work: (rig: Rig, sources: Sources) => Promise<void>,
    options?: CaseOptions,
  ) => void
} => {
  let server: Server
  let key: Key
  let other: Key
  beforeAll(async () => {
    server = await startServer()
    key = await makeKey('known')
    other = await makeKey('unknown')
  })
  afterAll(async () => {
    await server.close()
    await Promise.all([key.remove(), other.remove()])
  })
  const sources: Sources = {
    get server() {
      return server
    },
    get key() {
      return key
    },
    get other() {
      return other
    },
    offer: async (deb, more = [], dates = {}, by = key) => {
      server.files = await repository([{ name: wheel, version: `${++version}`, ...deb }, ...more], by, dates)
    },
    flags: (rig) => ({ ...rig.notes(), apt: { 'lock-seconds': 4, 'stall-seconds': 4 } }),
  }
  return {
    sources,
    packageFault: (id, title, work, options = {}) =>
      fault(
        id,
        title,
        async (rig) => {
          await point(sources, rig, prepare)
          await work(rig, sources)
        },
        { touches: pointing, ...options },
      ),
  }
}

/** Status of a package as dpkg's letters: `ii`; nothing where it knows none of it. */
export const statusOf = async (rig: Rig, name = wheel): Promise<string> => {
  const letters = (await rig.host(`dpkg-query -W -f='\${db:Status-Abbrev}' ${name} 2>/dev/null || true`)).trim()
  return letters === 'un' ? '' : letters
}
