import { defineStep, type Step } from '../../core/step.js'
import { fileAt } from '../../probes/file.js'
import { wsgiScript as render, type WsgiScript } from '../../templates/wsgi-script.js'
import { fileChange, rootOwned } from '../files.js'

/** The file that mod_wsgi runs; readable by Apache, not writable by the daemon. */
export const wsgiScript = (path: string, content: WsgiScript): Step =>
  defineStep({
    id: 'site.wsgi-script',
    title: `WSGI script ${path}`,
    probes: { file: fileAt(path) },
    plan: ({ file }) => fileChange(path, file, render(content), rootOwned('0644')),
    triggers: ['apache.touch'],
  })
