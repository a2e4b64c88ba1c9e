import { expect, test } from 'vitest'
import { parseTrace } from '../../../vagrant/bench/processes.js'

test('forks and programs that started are counted, threads and programs that were not found are not', () => {
  const trace = `12023 clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x7f) = 12457
494   execve("/usr/sbin/sshd", ["/usr/sbin/sshd", "-D", "-R"], 0x55 /* 5 vars */) = 0
505   execve("/usr/local/bin/run-parts", ["run-parts"], 0x55 /* 1 var */) = -1 ENOENT (No such file or directory)
505   clone(child_stack=0x7f, flags=CLONE_VM|CLONE_FS|CLONE_THREAD|CLONE_SIGHAND, child_tidptr=0x7f) = 12458
506   vfork()                           = 12459
506   clone(child_stack=NULL, flags=SIGCHLD) = ? ERESTARTNOINTR (To be restarted)
507   +++ exited with 0 +++
`
  expect(parseTrace(trace)).toEqual({ forked: 2, programs: ['/usr/sbin/sshd'] })
})

test('a call that strace wrote down in two pieces counts once', () => {
  const trace = `504   clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|SIGCHLD <unfinished ...>
505   execve("/usr/bin/env", ["/usr/bin/env", "-i"], 0x55 /* 6 vars */ <unfinished ...>
504   <... clone resumed>, child_tidptr=0x7ff648cff810) = 12460
505   <... execve resumed>)             = 0
`
  expect(parseTrace(trace)).toEqual({ forked: 1, programs: ['/usr/bin/env'] })
})
