import type { Site } from '../../core/site.js'
import { defineStep, type Step } from '../../core/step.js'
import { fileAt } from '../../probes/file.js'
import { include as render } from '../../templates/vhost.js'
import { fileChange, rootOwned } from '../files.js'

/**
 * What the virtual host of somebody else includes: mounts and sections of our own URLs and folders, nothing that reaches
 * beyond them (httpd: Configuration Sections).
 *
 * @param path absolute path of the file
 * @param site what is mounted
 */
export const include = (path: string, site: Site): Step =>
  defineStep({
    id: 'apache.include',
    why: 'what that line brings in: our URLs, and nothing that reaches beyond them',
    title: `Mounts ${path}`,
    probes: { file: fileAt(path) },
    plan: ({ file }) => fileChange(path, file, render(site), rootOwned('0644')),
    triggers: ['apache.reload'],
  })
