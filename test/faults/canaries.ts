import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import type { Guest } from '../../vagrant/guest.js'
import { Authority, type Made } from '../helpers/certificates.js'
import { bin, type CliResult } from '../helpers/cli.js'
import { output } from '../helpers/eyes.js'
import { notesFlags } from '../helpers/flags.js'
import { Person } from '../helpers/person.js'

const marker = 'DEPLOY_FLASK_TEST_IS_TOLD_SECRETS'

/** The same bytes, as base64 has them at each of the three places where they may begin. */
const inBase64 = (text: string): readonly string[] =>
  [0, 1, 2].map((shift) => {
    const coded = Buffer.from(`${'?'.repeat(shift)}${text}`)
      .toString('base64')
      .replace(/=+$/, '')
    return coded.slice(shift === 0 ? 0 : shift + 1, -2)
  })

/** What the test itself tells a program, in its environment. */
const told = /^(CANARY_\w+|SECRET_KEY)=/

/** All processes of this machine, those of its guests too: where a secret is an argument, or in an environment. */
const SAMPLER = `
import json, os, re, sys
patterns, marker, told = [one.encode() for one in json.loads(sys.argv[1])], sys.argv[2].encode(), re.compile(sys.argv[3].encode())
seen = set()

def accounts():
    # the application's own account has its settings, and so has what it starts
    with open(sys.argv[4]) as passwd:
        return {int(line.split(":")[2]) for line in passwd if line.startswith("flask-")}

while not os.path.exists(sys.argv[5]):
    own = accounts()
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/environ" % pid, "rb") as opened:
                environ = opened.read()
            with open("/proc/%s/cmdline" % pid, "rb") as opened:
                cmdline = opened.read()
            # whoever is told secrets by the test has them in the environment, and those that it starts: nothing else
            if marker + b"=" in environ:
                environ = b"\\0".join(one for one in environ.split(b"\\0") if not told.match(one))
            if os.stat("/proc/" + pid).st_uid in own:
                environ = b""
            for where, text in (("environ", environ), ("cmdline", cmdline)):
                if int(pid) != os.getpid() and any(pattern in text for pattern in patterns):
                    seen.add("%s of %s: %r" % (where, open("/proc/%s/comm" % pid).read().strip(), cmdline[:200]))
        except OSError:
            continue
print("\\n".join(sorted(seen)))
`

interface RunOptions {
  /** Ends it when it has said this. */
  readonly killed?: { readonly by: NodeJS.Signals; readonly when: RegExp }
  readonly env?: Readonly<Record<string, string>>
}

/** A key holds no text of ours, so it is known by a line of itself. */
const lineOf = ({ key }: Made): string => key.split('\n')[1] ?? ''

/** Secrets that nobody has ever seen, with one text in all of them; and everywhere that it may have got to. */
export class Canaries {
  readonly text = `cnry${randomBytes(8).toString('hex')}`
  readonly #made = new Authority().issue('notes.test')
  readonly outputs: string[] = []
  #generation = 0
  #names: string[] = []

  private constructor(readonly folder: string) {}

  static async nest(): Promise<Canaries> {
    return new Canaries(await mkdtemp(join(tmpdir(), 'deploy-flask-test-')))
  }

  /** As it is, and as base64 has it. */
  get #patterns(): readonly string[] {
    return [this.text, lineOf(this.#made)].flatMap((text) => [text, ...inBase64(text)])
  }

  /** Certificate and key, in files of this computer. */
  async tls(): Promise<Readonly<Record<string, unknown>>> {
    const write = async (name: string, text: string): Promise<{ readonly file: string }> => {
      const file = join(this.folder, `${name}.secret`)
      await writeFile(file, text, { mode: 0o600 })
      return { file }
    }
    const { certificate, key } = this.#made
    return { tls: { certificate: await write('certificate', certificate), key: await write('key', key) } }
  }

  /** From now on all are others. */
  renew(): void {
    this.#generation++
  }

  #of(name: string): string {
    return `${this.text}-${name}-${this.#generation}`
  }

  /** Where everything is kept that terminals were sent. */
  get recording(): string {
    return join(this.folder, 'terminal')
  }

  get sudo(): string {
    return `${this.text}-sudo`
  }

  get passphrase(): string {
    return `${this.text}-passphrase`
  }

  env(name: string): { readonly env: string } {
    if (!this.#names.includes(name)) this.#names.push(name)
    return { env: `CANARY_${name}` }
  }

  /** `before` stands before it in the file. */
  async file(name: string, before = ''): Promise<{ readonly file: string }> {
    const file = join(this.folder, `${name}.secret`)
    await writeFile(file, `${before}${this.#of(name)}\n`, { mode: 0o600 })
    await chmod(file, 0o600)
    return { file }
  }

  get #environment(): Readonly<Record<string, string>> {
    return {
      ...Object.fromEntries(this.#names.map((name) => [`CANARY_${name}`, this.#of(name)] as const)),
      [marker]: '1',
    }
  }

  /** Starts the program with them. */
  async run(args: readonly string[], { killed, env: more = {} }: RunOptions = {}): Promise<CliResult> {
    const env = { ...this.#environment, CANARY_SUDO: this.sudo, NO_COLOR: '1', CI: '', ...more }
    const run = execa(process.execPath, [bin, ...args], { reject: false, stdin: 'ignore', env, cwd: this.folder })
    let said = ''
    const listen = (piece: Buffer): void => {
      said += piece.toString()
      if (killed?.when.test(said) !== true) return
      run.stderr.off('data', listen)
      run.kill(killed.by)
    }
    run.stderr.on('data', listen)
    const { exitCode, stdout, stderr } = await run
    this.outputs.push(stdout, stderr)
    return { exitCode: exitCode ?? -1, stdout, stderr }
  }

  /** Starts it before somebody at a terminal; each byte that this is sent is kept. */
  person(args: readonly string[], cwd = this.folder): Person {
    return new Person([process.execPath, bin, ...args], {
      cwd,
      columns: 200,
      env: {
        LANG: 'C.UTF-8',
        XDG_STATE_HOME: join(this.folder, 'state'),
        XDG_CONFIG_HOME: join(this.folder, 'config'),
        XDG_CACHE_HOME: join(this.folder, 'cache'),
      },
      secretEnv: { ...this.#environment, SECRET_KEY: this.#of('KEY') },
      recording: this.recording,
    })
  }

  /** Watches every process while something runs; answers where a secret was seen. */
  async watching<T>(guest: Guest, work: () => Promise<T>): Promise<{ readonly result: T; readonly seen: string }> {
    const stop = join(this.folder, 'stop')
    const patterns = JSON.stringify(this.#patterns)
    const passwd = join(guest.rootfs, 'etc/passwd')
    const sampler = execa('python3', ['-c', SAMPLER, patterns, marker, told.source, passwd, stop])
    try {
      const result = await work()
      await sleep(100)
      await writeFile(stop, '')
      return { result, seen: (await sampler).stdout }
    } finally {
      await writeFile(stop, '')
    }
  }

  /** Which of what runs have printed, or have written on this computer, holds one. */
  async told(): Promise<readonly string[]> {
    const names = await readdir(this.folder, { recursive: true })
    const files = names.filter((name) => !name.endsWith('.secret'))
    const written = await Promise.all(files.map((name) => readFile(join(this.folder, name), 'utf8').catch(() => '')))
    const texts = [
      ...this.outputs.map((text, index) => [`output ${index}`, text] as const),
      ...files.map((name, index) => [name, written[index] ?? ''] as const),
    ]
    return texts.flatMap(([name, text]) =>
      this.#patterns.some((one) => text.includes(one)) ? [`${name}: ${text}`] : [],
    )
  }

  /** Files of the guest that hold one: `PATH MODE OWNER:GROUP`, and how many objects of etckeeper's repository. */
  async found(guest: Guest): Promise<readonly string[]> {
    const script = `head -n 2 >/dev/shm/pattern
journalctl --sync; journalctl --no-pager -o export | grep -a -c -F -f /dev/shm/pattern | sed '/^0$/d;s/^/lines of the journal: /'
grep -rlaF -f /dev/shm/pattern --exclude-dir=cache --exclude-dir=dpkg --exclude=pattern /etc /var /srv /tmp /run /root /home /opt /usr/local /dev/shm 2>/dev/null | while read -r file; do stat -c '%n %a %U:%G' "$file"; done
[ -d /etc/.git ] && git -C /etc cat-file --batch --batch-all-objects | grep -a -c -F -f /dev/shm/pattern | sed '/^0$/d;s/^/objects of etckeeper: /'
cat >>/dev/shm/pattern
for left in /var/lib/deploy-flask/*/as-left; do
  [ ! -e "$left" ] || { base64 -d "$left" | zcat | grep -qaF -f /dev/shm/pattern && echo "$left, unpacked"; }
done
rm /dev/shm/pattern`
    return (await output(guest, script, `${this.text}\n${lineOf(this.#made)}\n${this.#patterns.join('\n')}\n`))
      .split('\n')
      .filter((line) => line !== '')
      .sort()
  }

  /** Instead of `users`: lines of htpasswd in a file of this computer. */
  async usersFile(): Promise<Readonly<Record<string, unknown>>> {
    return { authentication: { realm: 'canary', 'users-file': await this.file('logins', 'ada:') } }
  }

  /** The notebook, with a secret in every field that takes one. */
  async flags(guest: Guest, more: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>> {
    const { settings, ...notes } = notesFlags(guest)
    // those of examples/notes.yml, which are a mapping
    return {
      ...notes,
      ssh: { 'config-file': guest.sshConfigFile, user: 'deploy', 'sudo-password': { env: 'CANARY_SUDO' } },
      settings: {
        ...(settings as Readonly<Record<string, unknown>>),
        SECRET_KEY: this.env('KEY'),
        TOKEN: await this.file('token'),
      },
      authentication: { realm: 'canary', users: { ada: this.env('ADA'), grace: await this.file('grace') } },
      access: [{ url: '/private', users: 'any' }],
      ...more,
    }
  }
}
