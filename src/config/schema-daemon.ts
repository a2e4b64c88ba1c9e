import { z } from 'zod'
import * as text from './fields.js'
import { processGroupName } from './fields-apache.js'

const whole = (min: number, max: number, description: string) =>
  z.int().min(min).max(max).optional().meta({ description })

const seconds = (description: string) => whole(0, 86_400, `${description} (seconds)`)

/** 0 leaves the choice to the system. */
const bytes = (min: number, description: string) =>
  z
    .union([z.literal(0), z.int().min(min).max(2_147_483_647)], {
      error: `must be 0, or a whole number of bytes from ${min}`,
    })
    .optional()
    .meta({ description: `${description} (bytes); 0: default` })

const octal = z
  .string()
  .regex(/^0[0-7]{3}$/, 'must be four octal digits in quotes: "0027"')
  .refine((mask) => (Number.parseInt(mask, 8) & 0o300) === 0, 'must leave the owner the right to write and to enter')

const locale = text.matching(/^[A-Za-z][A-Za-z0-9._@-]*$/, 'must be the name of a locale: C.UTF-8', 64)

/** Every option that mod_wsgi's WSGIDaemonProcess knows (4.5.17 and 4.9.4 know the same), under its own name. */
const options = {
  user: text.accountName.optional().meta({ description: "Account of the processes; default: the site's" }),
  group: text.groupName.optional().meta({ description: "Group of the processes; default: the site's" }),
  'supplementary-groups': z
    .array(text.groupName)
    .min(1)
    .optional()
    .meta({ description: 'Further groups of the processes, instead of usermod' }),
  threads: whole(1, 64, 'Threads a process; default: 5'),
  processes: whole(1, 64, 'Processes of the group; default: 1, which is written by leaving it out'),
  'maximum-requests': whole(0, 1_000_000, 'Requests after which a process is replaced; 0: never'),
  'queue-timeout': seconds('How long a request may wait for a free thread; default: 45'),
  'socket-timeout': seconds('How long a read or write between Apache and the daemon may take; default: 60'),
  'connect-timeout': seconds('How long Apache waits for the daemon to take a connection; default: 15'),
  'request-timeout': seconds('How long a request may run before its process is replaced; default: 60'),
  'startup-timeout': seconds('How long the application may take to load; default: 15'),
  'deadlock-timeout': seconds('How long Python may hold its global lock; default: 60'),
  'inactivity-timeout': seconds('Idle time after which a process is replaced; 0: never'),
  'graceful-timeout': seconds('How long running requests may take to end when a process is replaced; default: 15'),
  'eviction-timeout': seconds('As graceful-timeout, for a process that is told to go with SIGUSR1; 0: the same'),
  'restart-interval': seconds('Age at which a process is replaced; 0: never'),
  'shutdown-timeout': seconds('How long a process may take to stop; default: 5'),
  'response-socket-timeout': seconds('How long sending a response to a client may stall; 0: socket-timeout'),
  umask: octal.optional().meta({ description: 'File mode mask of the processes; default: "0027"' }),
  home: text.hostPath.optional().meta({ description: 'Working directory; default: the code' }),
  chroot: text.hostPath.optional().meta({ description: 'Root directory of the processes' }),
  lang: locale.optional().meta({ description: 'LANG of the processes; default: C.UTF-8' }),
  locale: locale.optional().meta({ description: 'Locale of the processes; default: C.UTF-8' }),
  'python-home': text.hostPath.optional().meta({ description: "Virtual environment; default: the site's" }),
  'python-path': z.array(text.hostPath).min(1).optional().meta({ description: 'Further folders to import from' }),
  'python-eggs': text.hostPath.optional().meta({ description: 'Folder that eggs are unpacked to' }),
  'display-name': text
    .matching(
      /^(%\{GROUP\}|[A-Za-z0-9_(][A-Za-z0-9_.:()~-]*)$/,
      'must be %{GROUP}, or a plain name of at most 17 characters, for which there is room',
      17,
    )
    .optional()
    .meta({
      description: 'What ps shows; default: %{GROUP}, which is (wsgi:NAME), or a shorter name where that is too long',
    }),
  'stack-size': whole(131_072, 1_073_741_824, 'Stack of each thread (bytes)'),
  'listen-backlog': whole(0, 65_535, 'Connections that may wait to be taken'),
  'send-buffer-size': bytes(512, 'Send buffer of the socket to Apache'),
  'receive-buffer-size': bytes(512, 'Receive buffer of the socket to Apache'),
  'header-buffer-size': bytes(8192, 'Largest response headers'),
  'response-buffer-size': bytes(65_536, 'How much of a response Apache buffers for a slow client'),
  'socket-user': text.accountName.optional().meta({ description: 'Owner of the socket to Apache' }),
  'script-user': text.loginName.optional().meta({ description: 'Account that must own the script, else 403' }),
  'script-group': text.loginName.optional().meta({ description: 'Group that must own the script, else 403' }),
  'cpu-time-limit': whole(0, 86_400_000, 'CPU time after which a process is replaced (seconds); 0: never'),
  'cpu-priority': whole(-20, 19, 'Nice value of the processes'),
  'memory-limit': whole(0, Number.MAX_SAFE_INTEGER, 'Largest data segment of a process (bytes); 0: no limit'),
  'virtual-memory-limit': whole(0, Number.MAX_SAFE_INTEGER, 'Largest address space of a process (bytes); 0: no limit'),
  'server-metrics': z.boolean().optional().meta({ description: "Let the application read Apache's scoreboard" }),
  'newrelic-config-file': text.hostPath.optional().meta({ description: 'Configuration of the New Relic agent' }),
  'newrelic-environment': text.siteName.optional().meta({ description: 'Section of that configuration' }),
}

const scope = z.enum(['virtual-host', 'server']).default('virtual-host').meta({
  description:
    'Where WSGIDaemonProcess stands: in the virtual host (own error log, only hosts of the same name may use it) or above it',
})

export const processGroup = z
  .strictObject({ scope, ...options })
  .meta({ description: 'Options of one WSGIDaemonProcess' })

export const daemon = z
  .strictObject({
    name: processGroupName.optional().meta({ description: 'Name of the process group; default: the name of the site' }),
    scope,
    ...options,
  })
  .prefault({})
  .meta({ description: 'The WSGIDaemonProcess of the site' })

export type DaemonFields = z.output<typeof processGroup>
