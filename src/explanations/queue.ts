import type { Explanation } from './explanation.js'

/** Fleets whose hosts are shared out among workers by a Redis. */
export const queue = {
  QUEUE_UNREACHABLE: {
    cause:
      'There was no answer from the Redis that --queue names: it does not run, listens somewhere else, is too old, or a ' +
      'firewall is in between. Once there was an answer, a Redis that goes away is waited for instead.',
    remedy: 'Check the address, that Redis runs and lets this computer in, and whether it wants TLS (rediss://).',
    look: { here: ['redis-cli -u URL ping'] },
  },
  QUEUE_LOGIN_FAILED: {
    cause:
      'Redis wants a name or a password, and was given none or a wrong one; or that account may not do what is needed.',
    remedy:
      'Put the URL with name and password (redis://NAME:PASSWORD@HOST) into a variable or a file, and name that with ' +
      '--queue env:NAME or --queue file:PATH. An account of its own needs the keys deploy-flask:* and all commands but ' +
      'those of @dangerous; INFO is one of them that is needed.',
    look: { here: ['redis-cli -u URL acl whoami'] },
  },
  QUEUE_RUN_UNKNOWN: {
    cause:
      'Redis knows of no run of that name: it was mistyped, is older than a week, or Redis was started again and had kept ' +
      'nothing on disk.',
    remedy:
      'List the runs with deploy-flask fleet status --queue URL. When Redis has forgotten it, run fleet apply once more: ' +
      'it looks at each host first, and does what is still missing. Set appendonly yes in redis.conf.',
    look: { here: ['redis-cli -u URL config get appendonly'] },
  },
  QUEUE_DATA_INVALID: {
    cause:
      'What a worker or fleet command has read in Redis is not of the form that this version writes: another version ' +
      'has written it, or somebody else.',
    remedy:
      'Use the same version for everything that works on one queue. Where that is so, find out who else can write into ' +
      'this Redis: whoever can, can make the workers deploy hosts of their inventory again.',
    look: { here: ['deploy-flask --version', 'redis-cli -u URL client list'] },
  },
  QUEUE_INPUTS_DIFFER: {
    cause:
      'A worker has other files than the run was made from: another flags file, other code, requirements, playbook or ' +
      'hosts. It takes no part in the run, rather than deploying something else.',
    remedy:
      'Bring the folder of the worker to the same state, by git pull for example; it looks again twice a minute. Or ' +
      'give the run from a computer that has the files of the workers.',
    look: { here: ['git status', 'git log -1'] },
  },
  WORKERS_LOST: {
    cause:
      'A worker that had begun with the host ended without a word, another took over, and that happened several times: ' +
      'something about this host or these machines kills workers, most often a lack of memory.',
    remedy:
      'Look why the workers ended. The journal on the host knows what is half done: the next run goes on from it, or ' +
      'deploy-flask recover takes it back.',
    look: { here: ['dmesg | tail'], onHost: ['cat /var/lib/deploy-flask/undo/journal'] },
  },
} as const satisfies Partial<Record<string, Explanation>>
