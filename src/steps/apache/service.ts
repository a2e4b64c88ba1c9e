import type { InputlessCommand } from '../../core/command.js'
import { shell } from '../files.js'

/**
 * systemctl refuses a unit that is masked, also while it runs; the signal is what its ExecReload comes to. And it refuses
 * one that somebody else restarts at this moment, as unattended-upgrades does: that is waited for.
 */
const GRACEFUL = `graceful() {
  systemctl "$1" apache2 && return 0
  code=$?
  [ "$(systemctl show -p LoadState --value apache2)" = masked ] && kill -USR1 "$(cat /run/apache2/apache2.pid)" && return 0
  for try in $(seq 100); do
    case $(systemctl show -p ActiveState -p Job apache2) in
      *Job=[1-9]* | *=activating* | *=deactivating* | *=reloading*) sleep 0.2 ;;
      *=active*) systemctl "$1" apache2; return ;;
      *) return $code ;;
    esac
  done
  return $code
}`

/** Requests that run are finished first. An Apache that does not run is not started. */
export const reload = (): InputlessCommand => shell('systemctl reload apache2', `${GRACEFUL}; graceful reload`)

/**
 * Acts on what an undo has restored, and starts an Apache that a reload has killed: it says "Syntax OK", takes the reload,
 * and ends a moment later. After several deaths in a row systemd would refuse to start it. Where systemctl fails, or does
 * not come back, but Apache runs, its sites are the judges.
 */
export const reloadOrStart = (): InputlessCommand =>
  shell(
    'systemctl reload-or-restart apache2',
    `${GRACEFUL}
systemctl reset-failed apache2; graceful reload-or-restart && exit 0
code=$?; kill -0 "$(cat /run/apache2/apache2.pid)" 2>/dev/null || exit $code
echo "systemctl failed with $code, and Apache runs: it is asked instead" >&2`,
  )
