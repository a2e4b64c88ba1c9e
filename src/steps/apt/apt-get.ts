import type { Command } from '../../core/command.js'
import { shell } from '../files.js'
import { aptProgress } from './progress.js'

/**
 * apt-get, waiting up to five minutes for another apt, for which apt 1.6 has no option, and telling each second who that
 * is. Locks are those of fcntl: /proc/locks has the process that holds one, by the inode of its file, which another file
 * system may have too: hence apt-get is asked again all the same. Until it has ended stderr is for its progress. A mirror that cannot be reached is an error, not a warning, and nothing ever asks.
 */
const APT = `export DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a LC_ALL=C.UTF-8
said=$(mktemp) || exit 1; trap 'rm -f "$said"' EXIT; since=$(date +%s)
find_holder() {
  process= name=; inode=$(stat -c %i "$lock" 2>/dev/null) || return
  while read -r _ type _ _ holder place _; do
    [ "$type" = POSIX ] && [ "\${place##*:}" = "$inode" ] || continue
    process=$holder; read -r name 2>/dev/null <"/proc/$holder/comm"; return
  done </proc/locks
}
while :; do
  apt-get -q -y -o APT::Status-Fd=3 -o APT::Update::Error-Mode=any -o Acquire::Retries=2 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@" </dev/null 3>&2 2>"$said" && exit 0
  code=$?
  grep -qE 'Could not get lock|frontend lock|Unable to lock' "$said" || break
  lock=$(sed -n 's/.*Could not get lock \\([^ ,:]*\\).*/\\1/p;T;q' "$said")
  find_holder
  for round in 1 2 3 4 5; do
    waited=$(($(date +%s) - since)); [ "$waited" -lt 300 ] || break 2
    printf 'waiting:%s:%s:%s:%s\\n' "$waited" "$process" "$lock" "$name" >&2
    sleep 1; find_holder; [ -n "$process" ] || break
  done
done
cat "$said" >&2
[ -z "$process" ] || printf 'E: %s is held by process %s (%s)\\n' "$lock" "$process" "$name" >&2
exit "$code"`

export const aptGet = (...args: readonly string[]): Command => ({
  ...shell(`apt-get ${args.join(' ')}`, APT, ...args),
  seconds: 1800,
  lasting: true,
  progress: aptProgress,
})
