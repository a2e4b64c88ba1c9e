import type { Command } from 'commander'

/** A command line, and what it does. */
export interface Example {
  readonly line: string
  readonly does: string
}

/** By the name of the command; the program itself has an empty one. For help, man page and tests. */
export const examples: Readonly<Record<string, readonly Example[]>> = {
  '': [
    { line: 'deploy-flask', does: 'ask what cannot be found out, show the plan, do it, and write deploy-flask.yml' },
    { line: 'deploy-flask plan -f deploy-flask.yml', does: 'look at the host, change nothing' },
    { line: 'deploy-flask apply -f deploy-flask.yml', does: 'show the plan, ask once, do it' },
    { line: 'deploy-flask explain APT_LOCKED', does: 'what an error means, and what to do' },
    { line: 'deploy-flask --version --verbose', does: 'the versions that a bug report needs' },
  ],
  init: [
    { line: 'deploy-flask init', does: 'the same as deploy-flask alone, in the folder of a project' },
    { line: 'deploy-flask init --host web1 --site shop', does: 'ask only what is left' },
  ],
  adopt: [
    { line: 'deploy-flask adopt me@server.example.com', does: 'write deploy-flask.yml for the site that is there' },
    {
      line: 'deploy-flask adopt web1 shop -f shop.yml',
      does: 'of several sites the one in sites-enabled/shop.conf; into another file',
    },
  ],
  plan: [
    { line: 'deploy-flask plan -f deploy-flask.yml', does: 'show what apply would do, with diffs' },
    {
      line: 'deploy-flask plan -f deploy-flask.yml --out plan.json',
      does: 'save the plan, to be looked at and applied exactly as it is',
    },
    { line: 'deploy-flask plan -f deploy-flask.yml --exit-code', does: 'exit with 3 when the host has drifted' },
    { line: 'deploy-flask plan -f deploy-flask.yml --playbook mine.ts', does: 'with a playbook of your own' },
    { line: 'deploy-flask plan -f deploy-flask.yml --host staging', does: 'the same for another host' },
  ],
  apply: [
    { line: 'deploy-flask apply -f deploy-flask.yml', does: 'show the plan, ask once, do it' },
    { line: 'deploy-flask apply -f deploy-flask.yml --yes', does: 'without a question, for CI' },
    { line: 'deploy-flask apply -f deploy-flask.yml --lock-wait 300', does: 'wait for a run of somebody else' },
    { line: 'deploy-flask apply plan.json', does: 'do a saved plan; refused when host or inputs have moved since' },
    {
      line: 'deploy-flask apply -f deploy-flask.yml --yes --json --log run.jsonl',
      does: 'events as JSON lines, and everything in a log file',
    },
  ],
  rollback: [
    { line: 'deploy-flask rollback -f deploy-flask.yml', does: 'back to the release that was good before' },
    { line: 'deploy-flask rollback 1a2b3c -f deploy-flask.yml --yes', does: 'to the release with this hash' },
  ],
  remove: [
    { line: 'deploy-flask remove -f deploy-flask.yml --dry-run', does: 'show what would go, and what would stay' },
    { line: 'deploy-flask remove -f deploy-flask.yml', does: 'show it, ask once, do it; data and logs stay' },
    {
      line: 'deploy-flask remove -f deploy-flask.yml --data',
      does: 'the same with data and logs, which nothing brings back',
    },
  ],
  backup: [
    { line: 'deploy-flask backup -f deploy-flask.yml', does: 'copy the databases, while they are in use' },
    { line: 'deploy-flask backup list -f deploy-flask.yml', does: 'the copies on the host, and why they were made' },
    { line: 'deploy-flask backup fetch -f deploy-flask.yml --to ~/backups', does: 'the last one, on this computer' },
  ],
  restore: [
    {
      line: 'deploy-flask restore 20261124T201300Z -f deploy-flask.yml',
      does: 'the databases as they were then, after asking once',
    },
  ],
  status: [
    { line: 'deploy-flask status -f deploy-flask.yml', does: 'what is online, since when, and how it does' },
    { line: 'deploy-flask status -f deploy-flask.yml --json', does: 'the same for a monitor' },
  ],
  verify: [
    {
      line: 'deploy-flask verify -f deploy-flask.yml',
      does: 'a line for each thing that a request needs (1: one fails)',
    },
  ],
  drift: [
    {
      line: 'deploy-flask drift -f deploy-flask.yml',
      does: 'what was changed on the host, and what the flags file wants since',
    },
    { line: 'deploy-flask drift -f deploy-flask.yml --exit-code', does: 'for a nightly job: 3 when there is any' },
  ],
  logs: [
    {
      line: 'deploy-flask logs -f deploy-flask.yml --since 15m',
      does: 'what was written in the last quarter of an hour',
    },
    { line: 'deploy-flask logs -f deploy-flask.yml --follow', does: 'what is being written, until Ctrl-C' },
  ],
  run: [
    { line: 'deploy-flask run -f deploy-flask.yml -- flask db upgrade', does: 'migrate the database' },
    {
      line: 'deploy-flask run -f deploy-flask.yml --stdin -- python - < script.py',
      does: 'a script of this computer, in the environment of the site',
    },
  ],
  shell: [{ line: 'deploy-flask shell -f deploy-flask.yml', does: 'then flask, python and pip are those of the site' }],
  audit: [{ line: 'deploy-flask audit -f deploy-flask.yml', does: 'the last runs, who made them, and from where' }],
  recover: [
    { line: 'deploy-flask recover -f deploy-flask.yml --dry-run', does: 'show what a run that was cut off has left' },
    { line: 'deploy-flask recover -f deploy-flask.yml', does: 'take it back, after asking once' },
  ],
  doctor: [
    { line: 'deploy-flask doctor -f deploy-flask.yml', does: 'say what is wrong, why, and what to do (exit code 3)' },
    { line: 'deploy-flask doctor -f deploy-flask.yml --since 1d', does: 'what the logs of a day tell of, too' },
  ],
  lock: [
    { line: 'deploy-flask lock status -f deploy-flask.yml', does: 'who is changing the host, from where, since when' },
    { line: 'deploy-flask lock release -f deploy-flask.yml', does: 'free it where nobody is heard of any more' },
  ],
  explain: [
    { line: 'deploy-flask explain APT_LOCKED', does: 'what the error means, and what to do' },
    { line: 'deploy-flask explain -f deploy-flask.yml', does: 'all steps of a run, and why each is there' },
    {
      line: 'deploy-flask explain --origins -f deploy-flask.yml',
      does: 'who says each value: option, variable or file',
    },
    {
      line: 'deploy-flask explain --vhost -f deploy-flask.yml',
      does: "Apache's files, each line with the setting that causes it",
    },
  ],
  playbooks: [{ line: 'deploy-flask playbooks', does: 'their names, what they are for, and their files' }],
  completion: [
    {
      line: 'source <(deploy-flask completion bash)',
      does: 'complete in this bash; write it into ~/.bashrc to keep it',
    },
    {
      line: 'deploy-flask completion fish > ~/.config/fish/completions/deploy-flask.fish',
      does: 'complete in every fish',
    },
  ],
  fleet: [
    { line: 'deploy-flask fleet list -f deploy-flask.yml', does: 'which hosts there are, and what differs on each' },
    {
      line: 'deploy-flask fleet plan -f deploy-flask.yml',
      does: 'what would be done, hosts with the same plan together',
    },
    {
      line: 'deploy-flask fleet apply -f deploy-flask.yml --canary 1 --rolling 25%',
      does: 'show all plans, ask once; one host first, then a quarter of them at a time',
    },
    {
      line: 'deploy-flask fleet apply -f deploy-flask.yml --yes --limit web',
      does: 'all hosts of the group web at once, without a question',
    },
    {
      line: 'deploy-flask fleet apply -f deploy-flask.yml --yes --retry-failed',
      does: 'again only those that failed or were not begun',
    },
    { line: 'deploy-flask fleet status -f deploy-flask.yml', does: 'release, requests and drift of every host' },
    {
      line: 'deploy-flask fleet apply -f deploy-flask.yml --yes --queue env:REDIS_URL',
      does: 'hand the hosts to workers, and show how it goes',
    },
    { line: 'deploy-flask fleet status --queue env:REDIS_URL', does: 'the last runs of workers' },
    {
      line: 'deploy-flask fleet attach 20261130T163201Z-x7k2q9 --queue env:REDIS_URL',
      does: 'follow such a run that goes on',
    },
    {
      line: 'deploy-flask fleet stop 20261130T163201Z-x7k2q9 --queue env:REDIS_URL',
      does: 'begin no further host of it',
    },
    { line: 'deploy-flask fleet board --queue env:REDIS_URL', does: 'look at the queues in a browser' },
  ],
  worker: [
    {
      line: 'deploy-flask worker --queue env:REDIS_URL',
      does: 'take hosts of runs that fleet apply --queue gives, for files of this folder',
    },
    {
      line: 'deploy-flask worker --queue file:/run/secrets/redis --directory /srv/shop --parallel 50',
      does: 'the same for another folder, with more hosts at a time',
    },
  ],
  schema: [
    { line: 'deploy-flask schema > deploy-flask.schema.json', does: 'let an editor complete and check the file' },
    { line: 'deploy-flask schema --inventory > inventory.schema.json', does: 'the same for an inventory of a fleet' },
    { line: 'deploy-flask schema --events', does: 'what the lines of --json and --log hold' },
  ],
}

const text = (list: readonly Example[]): string =>
  ['', 'Examples:', ...list.flatMap(({ line, does }) => [`  $ ${line}`, `      ${does}`])].join('\n')

/** At the end of the help of the program and of each of its commands. */
export const withExamples = (root: Command): Command => {
  for (const command of [root, ...root.commands]) {
    const list = examples[command === root ? '' : command.name()]
    if (list !== undefined) command.addHelpText('after', text(list))
  }
  return root
}
