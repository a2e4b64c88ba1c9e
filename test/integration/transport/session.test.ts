import { readFile, writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { login, root } from '../../../src/core/command.js'
import { Secret } from '../../../src/core/secret.js'
import { connectSsh } from '../../../src/transport/ssh.js'
import { useRealHost } from '../../helpers/real-host.js'
import { sh, startSshd } from '../../helpers/sshd.js'
import { transports } from '../../helpers/transports.js'

describe.each(transports)('over %s', (way) => {
  const host = useRealHost(way)

  describe('questions', () => {
    test('thirty of them, as root and as the login user, are answered in their order in one batch', async () => {
      const transport = await host.connect()
      const questions = Array.from({ length: 30 }, (_, index) => ({
        sh: `echo ${index} $(id -un)`,
        as: index % 3 === 0 ? ('login' as const) : ('root' as const),
      }))
      const answers = await transport.ask(questions)
      expect(answers.map(({ stdout }) => stdout)).toEqual(
        questions.map(({ as }, index) => `${index} ${as === 'login' ? host.user.name : 'root'}\n`),
      )
      expect(transport.counts).toEqual({ connections: 1, batches: 1, commands: 0 })
    })

    test('are answered by root alone where root logged in, in one shell', async () => {
      const transport = await host.connect({ user: 'root' })
      const answers = await transport.ask([
        { sh: 'id -un; pwd', as: 'login' },
        { sh: 'id -un; echo $PPID', as: 'root' },
      ])
      expect(answers.map(({ stdout }) => stdout.split('\n')[0])).toEqual(['root', 'root'])
    })

    test('are not disturbed by what the login shell says on its own', async () => {
      const bashrc = `${host.user.home}/.bashrc`
      const before = await readFile(bashrc, 'utf8')
      await writeFile(bashrc, `echo noise; echo more noise >&2; printf 'no newline'\n${before}`)
      try {
        const transport = await host.connect()
        const answers = await transport.ask([
          { sh: 'echo quiet', as: 'login' },
          { sh: 'echo quiet', as: 'root' },
        ])
        expect(answers.map(({ stdout }) => stdout)).toEqual(['quiet\n', 'quiet\n'])
        expect(await transport.run(login('echo', 'still'))).toEqual({ stdout: 'still\n', stderr: '', exitCode: 0 })
      } finally {
        await writeFile(bashrc, before)
      }
    })

    test('of which one kills its shell are an error that names it, and the next batch is answered', async () => {
      const transport = await host.connect()
      await expect(transport.ask([{ sh: 'kill -9 $BASHPID', as: 'root' }])).rejects.toMatchObject({
        code: 'SURVEY_CUT_SHORT',
        fault: { evidence: expect.stringContaining('kill -9') as unknown },
      })
      expect((await transport.ask([{ sh: 'echo fine', as: 'root' }]))[0]?.stdout).toBe('fine\n')
    })

    test('that kill the shell that asks them are an error, and the next batch is answered', async () => {
      const transport = await host.connect()
      await expect(transport.ask([{ sh: 'kill -9 $$', as: 'root' }])).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
      expect((await transport.ask([{ sh: 'echo fine', as: 'root' }]))[0]?.stdout).toBe('fine\n')
    })
  })

  describe('commands', () => {
    test('give back stdout, stderr and exit code, and keep their arguments as they are', async () => {
      const transport = await host.connect()
      const nasty = ['', "'", '$(id)', 'a\nb', 'é😀', '-n', '*']
      const answer = await transport.run(root('sh', '-c', 'printf "%s\\0" "$@"; echo err >&2; exit 7', 'sh', ...nasty))
      expect(answer).toEqual({ stdout: nasty.map((one) => `${one}\0`).join(''), stderr: 'err\n', exitCode: 7 })
    })

    test('stream their output while they run', async () => {
      const transport = await host.connect()
      const heard: string[] = []
      const flag = `${host.user.home}/flag`
      const script = 'echo one; while [ ! -e "$1" ]; do sleep 0.05; done; echo two'
      const onOutput = (text: string): void => {
        // The command goes on only when its first line has been heard here.
        if (heard.push(text) === 1) sh(`touch ${flag}`)
      }
      const answer = await transport.run(root('sh', '-c', script, 'sh', flag), { onOutput })
      expect(answer.stdout).toContain('two\n')
      expect(heard.join('')).toBe(answer.stdout)
    })

    test('bring characters whole that the network split', async () => {
      const transport = await host.connect()
      const { stdout } = await transport.run(root('sh', '-c', "printf '\\303'; sleep 0.2; printf '\\251\\n'"))
      expect(stdout).toBe('é\n')
    })

    test('may print 30 MB: the last 8 MiB are kept, and the answer says so', async () => {
      const transport = await host.connect()
      let heard = 0
      const command = root('sh', '-c', 'head -c 30000000 /dev/zero | tr "\\0" x; echo; echo end')
      const { stdout, exitCode } = await transport.run(command, { onOutput: (text) => (heard += text.length) })
      expect([exitCode, heard]).toEqual([0, 30_000_005])
      expect(stdout.length).toBeLessThan(8.1 * 1024 * 1024)
      expect(stdout).toMatch(/^\[the first \d+ characters of the output were left out\]\n/)
      expect(stdout.endsWith('x\nend\n')).toBe(true)
    })

    test('get text, bytes and secrets on their stdin, and nothing otherwise', async () => {
      const transport = await host.connect()
      const read = async (stdin?: string | Uint8Array | Secret) =>
        (
          await transport.run({
            argv: ['od', '-An', '-tx1', '-v'],
            as: 'root',
            ...(stdin === undefined ? {} : { stdin }),
          })
        ).stdout.replace(/\s/g, '')
      expect(await read()).toBe('')
      expect(await read('é\n')).toBe('c3a90a')
      expect(await read(Uint8Array.of(0, 1, 255, 10))).toBe('0001ff0a')
      expect(await read(new Secret('hunter2'))).toBe(Buffer.from('hunter2').toString('hex'))
    })

    test('run three at a time where they are called together; a further one waits for a shell', async () => {
      const transport = await host.connect()
      const pipe = `${host.user.home}/pipe`
      // A pipe lets neither end go on alone: one after the other, they would wait for ever.
      const [, read] = await Promise.all([
        transport.run(root('sh', '-c', `mkfifo ${pipe}.new && mv ${pipe}.new ${pipe} && echo together >${pipe}`)),
        transport.run(root('sh', '-c', `until [ -p ${pipe} ]; do sleep 0.05; done; cat ${pipe}`)),
      ])
      expect(read.stdout).toBe('together\n')
      // The parent of `timeout`, which is the parent of the command.
      const shell = 'sleep 0.3; cut -d " " -f 4 "/proc/$PPID/stat"'
      const shells = await Promise.all([1, 2, 3, 4].map(() => transport.run(root('sh', '-c', shell))))
      expect(new Set(shells.map(({ stdout }) => stdout)).size).toBe(3)
    })

    test('are sent at once, and then questions: each begins only when the one before it has ended with 0', async () => {
      const transport = await host.connect()
      const heard: string[] = []
      const run = (script: string) => ({
        command: root('bash', '-c', script),
        options: { onOutput: (text: string) => void heard.push(text) },
      })
      const question = { sh: 'echo "seen $(id -u)"', as: 'root' as const }
      const good = transport.sequence?.([run('echo é; echo err >&2'), run('cat; sleep 0.1; echo two')], [question])
      const answers = await Promise.all(good?.answers ?? [])
      expect(answers.map(({ stdout, stderr, exitCode }) => [stdout, stderr, exitCode])).toEqual([
        ['é\n', 'err\n', 0],
        ['two\n', '', 0],
      ])
      expect((await good?.looked)?.map(({ stdout }) => stdout)).toEqual(['seen 0\n'])
      expect(heard.join('')).toContain('two\n')
      const bad = transport.sequence?.([run('exit 3'), run(`touch ${host.user.home}/never`)], [question])
      expect((await bad?.answers[0])?.exitCode).toBe(3)
      await Promise.allSettled([...(bad?.answers ?? []), bad?.looked])
      expect(sh(`ls ${host.user.home}/never 2>/dev/null || echo none`)).toBe('none\n')
      expect(await transport.run(root('echo', 'next'))).toMatchObject({ stdout: 'next\n' })
    })

    test('of which one ends its shell have an unknown outcome from there on, and the next one runs', async () => {
      const transport = await host.connect()
      const sent = transport.sequence?.(
        [root('echo', 'one'), root('sh', '-c', 'kill -9 $(ps -o ppid= $PPID)'), root('echo', 'three')].map(
          (command) => ({ command }),
        ),
        [],
      )
      const settled = await Promise.allSettled(sent?.answers ?? [])
      expect(settled[0]).toMatchObject({ value: { stdout: 'one\n' } })
      for (const one of settled.slice(1)) expect(one).toMatchObject({ reason: { code: 'CONNECTION_LOST' } })
      await sent?.looked.catch(() => undefined)
      expect(await transport.run(root('echo', 'next'))).toMatchObject({ stdout: 'next\n' })
    })

    test('that take too long are stopped on the host and are an error, and the next one runs', async () => {
      const transport = await host.connect()
      const pause = `77.${process.pid}`
      await expect(transport.run({ ...root('sleep', pause), seconds: 1 })).rejects.toMatchObject({
        code: 'COMMAND_TIMEOUT',
        fault: { what: expect.stringContaining('sleep 77.') as unknown },
      })
      expect(sh(`pgrep -fx 'sleep ${pause}' || true`)).toBe('')
      expect(await transport.run(root('echo', 'next'))).toMatchObject({ stdout: 'next\n' })
    })

    test('may themselves end with the code of a timeout', async () => {
      const transport = await host.connect()
      expect(await transport.run(root('sh', '-c', 'exit 124'))).toMatchObject({ exitCode: 124 })
    })

    test('that leave a daemon behind do not keep us waiting, and its words disturb no one', async () => {
      const transport = await host.connect()
      const before = await transport.run(root('sh', '-c', '(sleep 0.5; echo late) & echo started'))
      expect(before).toMatchObject({ stdout: 'started\n', exitCode: 0 })
      expect(await transport.run(root('sleep', '1'))).toMatchObject({ exitCode: 0 })
    })

    test('that kill the shell they run in have an unknown outcome, and the next one runs', async () => {
      const transport = await host.connect()
      await expect(transport.run(root('sh', '-c', 'kill -9 $(ps -o ppid= $PPID)'))).rejects.toMatchObject({
        code: 'CONNECTION_LOST',
        fault: { what: expect.stringContaining('outcome is unknown') as unknown },
      })
      expect(await transport.run(root('echo', 'next'))).toMatchObject({ stdout: 'next\n' })
    })

    test('open no channel of their own: a hundred run under MaxSessions 10', async () => {
      const transport = await host.connect()
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, index) => transport.run(root('echo', String(index)))),
      )
      expect(answers.map(({ stdout }) => Number(stdout))).toEqual(Array.from({ length: 100 }, (_, index) => index))
    })
  })

  test('a host that allows one session only answers, and is refused with the setting when it takes two at once', async () => {
    const narrow = await startSshd(['MaxSessions 1'])
    try {
      const transport = await connectSsh({
        transport: way,
        host: 'there',
        user: host.user.name,
        sshConfigFile: await narrow.config(),
      })
      const both = [
        { sh: 'id -u', as: 'root' as const },
        { sh: 'id -un', as: 'login' as const },
      ]
      expect((await transport.ask(both)).map(({ stdout }) => stdout)).toEqual(['0\n', `${host.user.name}\n`])
      await transport.run(root('true'))
      await expect(transport.run(login('true'))).rejects.toMatchObject({
        code: 'SESSIONS_TOO_FEW',
        fault: { remedy: expect.stringContaining('MaxSessions') as unknown },
      })
      await transport.close()
    } finally {
      await narrow.stop()
    }
  })

  test('closing ends the session on the host', async () => {
    const transport = await host.connect()
    await transport.run(root('true'))
    await transport.close()
    await expect.poll(() => sh(`pgrep -u ${host.user.name} || true`), { timeout: 10_000 }).toBe('')
  })
})
