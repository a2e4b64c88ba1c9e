/**
 * The usual site, and one step of your own behind it: logs that the application writes into its data folder are rotated
 * every week. Try it: deploy-flask plan -f deploy-flask.yml --playbook log-rotation.ts
 */
import {
  definePlaybook,
  defineStep,
  DeployError,
  fileAt,
  fileChange,
  flaskSite,
  rootOwned,
  type Site,
  type Step,
} from 'deploy-flask'

const mark = '# Managed by the playbook log-rotation.\n'

const configuration = ({ root, user, group }: Site): string => `${mark}${root}/data/*.log {
    weekly
    rotate 8
    compress
    missingok
    notifempty
    su ${user} ${group}
}
`

/** logrotate(8), which every Ubuntu runs once a day, knows the logs of the site. */
const logRotation = (site: Site): Step => {
  const path = `/etc/logrotate.d/${site.name}`
  return defineStep({
    id: 'site.log-rotation',
    title: `Logs of ${site.name} are rotated`,
    probes: { file: fileAt(path) },
    refuse: ({ file }) =>
      file === null || file.content?.startsWith(mark) === true
        ? []
        : [
            new DeployError('FOREIGN_FILE', {
              what: `${path} exists already and is not this playbook's`,
              where: path,
              remedy: 'move that file away, or take the step out of the playbook',
            }),
          ],
    plan: ({ file }) => fileChange(path, file, configuration(site), rootOwned('0644')),
  })
}

export default definePlaybook<Site>({
  name: 'log-rotation',
  summary: 'The usual site, whose logs are rotated every week',
  phases: (site) => [...flaskSite.phases(site), { title: 'Logs', steps: [logRotation(site)] }],
})
