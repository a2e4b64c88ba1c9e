import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import type { GeneratedScript } from '../../src/core/applications.js'
import type { Site } from '../../src/core/site.js'
import { vhost } from '../../src/templates/vhost.js'
import { wsgiScript } from '../../src/templates/wsgi-script.js'
import type { Guest } from '../../vagrant/guest.js'
import { output } from './eyes.js'

/** Content of a file, or where a link leads to. */
type Node = { readonly content: string; readonly mode?: number } | { readonly link: string }
type Nodes = Readonly<Record<string, Node>>

const WRITE = `
import json, os, shutil, sys
wanted = json.load(sys.stdin)
for path in wanted["gone"]:
    shutil.rmtree(path) if os.path.isdir(path) else os.path.lexists(path) and os.unlink(path)
for path, node in wanted["nodes"].items():
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if "link" in node:
        os.symlink(node["link"], path)
    else:
        with open(path, "w", encoding="utf-8") as opened:
            opened.write(node["content"])
        os.chmod(path, node.get("mode", 0o644))
`

const write = async (guest: Guest, nodes: Nodes, gone: readonly string[] = []): Promise<void> => {
  const { exitCode, stderr } = await guest.run(`umask 022; python3 -c '${WRITE}'`, {
    stdin: JSON.stringify({ nodes, gone }),
  })
  if (exitCode !== 0) throw new Error(`the files could not be written:\n${stderr}`)
}

export const writeFiles = async (guest: Guest, files: ReadonlyMap<string, string>): Promise<void> =>
  write(
    guest,
    Object.fromEntries(
      [...files].map(([path, content]) => [path, { content, mode: content.startsWith('#!') ? 0o755 : 0o644 }]),
    ),
  )

const scriptsOf = ({ applications, directories }: Site): readonly GeneratedScript[] => [
  ...applications.flatMap(({ script }) => (script.kind === 'generated' ? [script] : [])),
  ...directories.flatMap(({ fallback }) => (fallback?.generated === undefined ? [] : [fallback.generated])),
]

const confOf = (name: string): string => `/etc/apache2/sites-available/${name}.conf`
const enabledOf = (name: string): string => `/etc/apache2/sites-enabled/${name}.conf`

/** The files of one site, as a deployment would leave them. */
const nodesOf = (site: Site, venv: string): Nodes => ({
  [confOf(site.name)]: {
    content: vhost(site, {
      venv,
      documentRoot: '/var/lib/deploy-flask/empty',
      restrictEmbedded: false,
    }),
  },
  [enabledOf(site.name)]: { link: `../sites-available/${site.name}.conf` },
  ...Object.fromEntries(
    scriptsOf(site).map((script) => [
      script.path,
      { content: wsgiScript({ site: site.name, code: site.codeFolder, reports: false, script }) },
    ]),
  ),
  ...Object.fromEntries(
    site.rewriteMaps.map(({ path, entries = [] }) => [
      path,
      { content: entries.map(([key, value]) => `${key} ${value}\n`).join('') },
    ]),
  ),
})

const goneWith = (site: Site): readonly string[] => [
  confOf(site.name),
  enabledOf(site.name),
  site.root,
  ...scriptsOf(site).map(({ path }) => path),
  ...site.rewriteMaps.map(({ path }) => path),
]

/** Until the last process that was there before is gone: none of them may answer for the new sites. */
const RELOAD = `
before=$(pgrep -f -P "$(cat /run/apache2/apache2.pid)" ^/usr/sbin/apache2)
systemctl reload apache2
for try in $(seq 600); do
  alive=; for pid in $before; do if [ -e /proc/$pid ]; then alive=1; break; fi; done
  if [ -z "$alive" ]; then exit 0; fi
  sleep 0.1
done
echo 'Apache does not end its processes' >&2; exit 1`

export interface Answered {
  readonly status: number
  readonly body: string
}

const newAgent = (): Agent => new Agent({ keepAlive: true, maxSockets: 6 })

/** Many sites on one guest, exchanged all at once: one reload for all of them. */
export class ManySites {
  readonly #guest: Guest
  readonly #venv: string
  #agent = newAgent()
  #served: readonly Site[] = []

  private constructor(guest: Guest, venv: string) {
    this.#guest = guest
    this.#venv = venv
  }

  /**
   * On a guest that has mod_wsgi and one deployed site, whose venv they all use. The site itself goes: it may forbid
   * embedded mode in the whole server.
   */
  static async on(guest: Guest, ports: readonly number[], modules: readonly string[]): Promise<ManySites> {
    const listen = ports.map((port) => `echo "Listen ${port}" >> /etc/apache2/ports.conf`)
    const commands = ["a2dissite -q '*'", `a2enmod -q ${modules.join(' ')}`, ...listen, 'systemctl restart apache2']
    await output(guest, commands.join(' && '))
    const venv = (await output(guest, 'ls -d /srv/*/venvs/*')).split('\n')[0] ?? ''
    return new ManySites(guest, venv)
  }

  /** These sites and no others of those before. */
  async serve(sites: readonly Site[]): Promise<void> {
    const nodes = Object.fromEntries(sites.flatMap((site) => Object.entries(nodesOf(site, this.#venv))))
    await write(this.#guest, nodes, this.#served.flatMap(goneWith))
    this.#served = sites
    const tested = await this.#guest.run('apache2ctl configtest')
    if (!tested.stderr.includes('Syntax OK')) throw new Error(`configtest: ${tested.stderr}`)
    this.#agent.destroy()
    this.#agent = newAgent()
    await output(this.#guest, RELOAD)
  }

  ask(path: string, host: string, headers: Readonly<Record<string, string>> = {}, left = 3): Promise<Answered> {
    return new Promise((resolve, reject) => {
      const port = Number(/:(\d+)$/.exec(host)?.[1] ?? 80)
      const asked = request(
        { host: this.#guest.host, port, path, agent: this.#agent, headers: { host, ...headers }, timeout: 30_000 },
        (answer) => {
          const pieces: Buffer[] = []
          answer.on('data', (piece: Buffer) => pieces.push(piece))
          answer.on('error', reject)
          answer.on('end', () =>
            resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(pieces).toString('utf8') }),
          )
        },
      )
      asked.on('timeout', () => asked.destroy(new Error(`${path} did not answer`)))
      asked.on('error', (error: NodeJS.ErrnoException) => {
        // a process of Apache that is no longer needed closes its connections, whether or not one is just used
        if (error.code === 'ECONNRESET' && left > 0) this.ask(path, host, headers, left - 1).then(resolve, reject)
        else reject(error)
      })
      asked.end()
    })
  }

  /** The address that the guest sees when this machine asks. */
  client(): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(80, this.#guest.host, () => {
        resolve(socket.localAddress ?? '')
        socket.destroy()
      })
      socket.on('error', reject)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}
