import { expect } from 'vitest'
import { folderWith } from '../helpers/small-site.js'
import { fault } from './fault.js'

/** Whatever the run starts as a unit may not have more than this from now on. */
const limit = (megabytes: number): string => `cat >/root/limit <<'END'
while :; do
  for unit in $(systemctl list-units --plain --no-legend 'deploy-flask-*' | cut -d' ' -f1); do
    systemctl set-property --runtime "$unit" MemoryMax=${megabytes}M
  done
  sleep 0.05
done
END
systemd-run -q --unit limit bash /root/limit`

const app = `from flask import Flask

application = Flask(__name__)
application.add_url_rule('/', 'a', lambda: 'small')
`

fault('F82', 'the host has no memory left for pip: the kernel kills it', async (rig) => {
  const folder = await folderWith({ 'small.py': app, 'requirements.txt': 'Flask==2.0.3\n' })
  const { flags } = await rig.fresh({ code: { folder }, requirements: 'requirements.txt' })
  await rig.inject(limit(14), 'systemctl stop limit; rm /root/limit')
  const result = await rig.apply(flags)
  rig.failed(result, 'PIP_KILLED')
  expect(await rig.left()).toEqual([])
})
