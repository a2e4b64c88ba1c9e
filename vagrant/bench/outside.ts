import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ask } from '../../test/helpers/http.js'
import type { Guest } from '../guest.js'
import type { Site } from './sides/side.js'

/**
 * Whether a side has really done the deployment, asked alike for all of them and by nothing that is under test: what a
 * browser gets, what Apache itself says, what lies in the file system, and whose it is. Answers what is not as wanted.
 */
export async function lookFromOutside(guest: Guest, site: Site): Promise<readonly string[]> {
  return [...(await asBrowser(guest, site)), ...(await insideOf(guest, site))]
}

async function asBrowser(guest: Guest, { code, flags }: Site): Promise<readonly string[]> {
  const style = await readFile(join(code, flags.staticFolder, 'notes.css'), 'utf8')
  const pages = [
    { path: flags.checkPath, holds: '"database"' },
    { path: '/login', holds: flags.title },
    { path: `${flags.staticUrl}/notes.css`, holds: style },
  ]
  const wrong: string[] = []
  for (const { path, holds } of pages) {
    const { status, body } = await ask(guest, path, { name: flags.serverName })
    if (status !== 200 || !body.includes(holds)) wrong.push(`${path} answers ${status}: ${body.slice(0, 200)}`)
  }
  return wrong
}

async function insideOf(guest: Guest, { code, secretFile, flags }: Site): Promise<readonly string[]> {
  const account = `flask-${flags.site}`
  const root = `/srv/${flags.site}`
  const secret = (await readFile(secretFile, 'utf8')).trim()
  const tell = async (script: string, stdin = ''): Promise<string> => {
    const { stdout, stderr } = await guest.run(script, { stdin })
    return stdout.trim() || stderr.trim()
  }
  const listed = `cd ${root}/current/ && find . -type f -printf '%U:%G %m ' -exec sha256sum {} \\; | LC_ALL=C sort`
  const questions: readonly (readonly [what: string, is: string, wanted: string])[] = [
    ['code', await tell(listed), await filesOf(code)],
    ['Apache has the virtual host', await tell(`apache2ctl -S 2>/dev/null | grep -c ' ${flags.serverName} '`), '1'],
    ['Apache takes its configuration', await tell('apache2ctl configtest 2>&1 | tail -n 1'), 'Syntax OK'],
    ['mod_wsgi', await tell(`python3 -c "${versionOfModule}"`), '4.9.4'],
    ['a daemon of the account', await tell(`pgrep -u ${account} apache2 > /dev/null && echo runs`), 'runs'],
    ['the account', await tell(`getent passwd ${account} | cut -d: -f6-7`), '/nonexistent:/usr/sbin/nologin'],
    ['owner of the database', await tell(`stat -c %U ${flags.database}`), account],
    ['others at the database', await tell(`runuser -u nobody -- cat ${flags.database} 2>&1 >/dev/null | wc -l`), '1'],
    ['its folder', await tell(`stat -c '%U:%G %a' $(dirname ${flags.database})`), `${account}:${account} 750`],
    ['folders that everybody may write to', await tell(`find ${root} -type d -perm -o=w`), ''],
    ['files that tell the secret to everybody', await tell(readableByAll, secret), ''],
    ['Apache after a reboot', await tell('systemctl is-enabled apache2 2>/dev/null'), 'enabled'],
    ['requirements that are not met', await tell(unmet(root)), ''],
  ]
  return questions.flatMap(([what, is, wanted]) => (is === wanted ? [] : [`${what}: wanted ${wanted}\nfound ${is}`]))
}

const versionOfModule = "import pkg_resources; print(pkg_resources.get_distribution('mod_wsgi').version)"

/** The secret comes on stdin. */
const readableByAll = `grep -rlFf - /etc /srv /var/lib/deploy-flask 2>/dev/null | xargs -r stat -c '%a %n' | grep -v '0 '`

const unmet = (root: string): string => `
cd /
python=$(ls ${root}/venvs/*/bin/python)
"$python" -m pip --disable-pip-version-check freeze > /tmp/frozen
grep -v '^#' ${root}/current/requirements.txt | sed 's/;.*//; s/ *$//' | while read -r wanted; do
  grep -qixF -- "$(echo "$wanted" | tr _ -)" <(tr _ - < /tmp/frozen) || echo "$wanted"
done
rm /tmp/frozen`

const staysHere = ['tests', '.gitignore', '.deployignore', '__pycache__']

/** As find and sha256sum print them in the guest, where they must be root's and not executable. */
async function filesOf(folder: string, below = '.'): Promise<string> {
  const lines: string[] = []
  for (const name of await readdir(join(folder, below))) {
    if (staysHere.includes(name)) continue
    const path = `${below}/${name}`
    if ((await stat(join(folder, path))).isDirectory()) lines.push(await filesOf(folder, path))
    else
      lines.push(
        `0:0 644 ${createHash('sha256')
          .update(await readFile(join(folder, path)))
          .digest('hex')}  ${path}`,
      )
  }
  const sorted = lines.join('\n').split('\n')
  return sorted.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))).join('\n')
}
