#!/usr/bin/env bash
# One Flask site on Ubuntu 18.04 under Apache and mod_wsgi, as one idempotent script written by hand: the yardstick that
# the tool's times are measured against. It shares nothing with the tool, on purpose.
#
# yardstick.ts puts the values of the site in front of this text and the code behind it (tar, gzip, base64):
#
#   ssh HOST sudo -n bash -s < script
#
# Bash reads a script from a pipe byte by byte, so at "unpack" the rest of the input is exactly the code; a run that
# has nothing to unpack never reads it. Everything else has /dev/null as its input.
set -euo pipefail
# sudo of 18.04 leaves HOME as it was, and pip would keep files of root's there.
export LC_ALL=C.UTF-8 HOME=/root DEBIAN_FRONTEND=noninteractive PYTHONDONTWRITEBYTECODE=1

: "${site:?}" "${server_name:?}" "${application:?}" "${code_hash:?}" "${requirements_hash:?}" "${settings_json:?}"
: "${database:?}" "${init:?}" "${static_url:?}" "${static_folder:?}" "${check_path:?}"

mod_wsgi_version=4.9.4 # the last one for Python 3.6
packages=(apache2 apache2-dev python3-pip python3-venv python3-setuptools python3-wheel python3-dev gcc)
account=flask-$site
root=/srv/$site
venv=$root/venvs/$requirements_hash
script=$root/wsgi/$site.wsgi
settings=/etc/deploy-flask/$site/settings.json
state=/var/lib/deploy-flask/$site
vhost=/etc/apache2/sites-available/$site.conf
wsgi_load=/etc/apache2/mods-available/wsgi.load
changes=0

die() { echo "yardstick: $*" >&2; exit 1; }

# changing ACTION WHAT: call it before the change. The action (restart, reload, touch, none) is noted on the host first,
# so that a run that was cut off after the change is finished by the next one.
changing() {
  changes=$((changes + 1))
  echo "changing: $2"
  mkdir -p "$state"
  [[ $1 == none ]] || : > "$state/pending-$1"
}

# attributes MODE OWNER:GROUP PATH
attributes() {
  [[ $(stat -c '%a %U:%G' "$3") != "$1 $2" ]] || return 0
  changing none "attributes of $3"
  chown -h "$2" "$3"
  chmod "$1" "$3"
}

# folder MODE OWNER:GROUP PATH
folder() {
  [[ -d $3 ]] || { changing none "folder $3"; mkdir -p "$3"; }
  attributes "$@"
}

# file ACTION MODE OWNER:GROUP PATH TEXT: replaced as a whole, never seen half written.
file() {
  if ! cmp -s "$4" <(printf '%s\n' "$5"); then
    changing "$1" "file $4"
    install -m 600 /dev/null "$4.new"
    printf '%s\n' "$5" > "$4.new"
    chown "$3" "$4.new"
    chmod "$2" "$4.new"
    mv -T "$4.new" "$4"
  fi
  attributes "$2" "$3" "$4"
}

system_packages() {
  local installed
  installed=$(dpkg-query -W -f='${db:Status-Status}\n' "${packages[@]}" 2> /dev/null | grep -cx installed) || true
  [[ $installed != "${#packages[@]}" ]] || return 0
  changing restart "packages ${packages[*]}"
  apt-get -qq update
  apt-get -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 install "${packages[@]}" > /dev/null
}

# The two lines for wsgi.load, if the module that they name exists.
module_config() {
  local config
  config=$(mod_wsgi-express module-config 2> /dev/null) || return
  [[ $config =~ ^'LoadModule wsgi_module "'(/[^\"]+)'"' && -f ${BASH_REMATCH[1]} ]] && echo "$config"
}

wsgi_module() {
  local config
  # Absent, broken, or pointing to a module that is gone: all of them are cured by installing again.
  if ! config=$(module_config); then
    changing restart "mod_wsgi $mod_wsgi_version"
    # Without --upgrade, pip 9 ignores --force-reinstall.
    pip3 -q install --upgrade --force-reinstall --no-deps --no-cache-dir "mod_wsgi==$mod_wsgi_version"
    config=$(module_config) || die 'mod_wsgi was installed, but mod_wsgi-express names no module that exists'
  fi
  file restart 644 root:root "$wsgi_load" "$config"
  [[ -e /etc/apache2/mods-enabled/wsgi.load ]] || { changing restart 'module wsgi'; a2enmod -q wsgi; }
}

service_account() {
  getent passwd "$account" > /dev/null && return
  changing none "account $account"
  useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$account"
}

folders() {
  folder 755 root:root "$root"
  folder 755 root:root "$root/releases"
  folder 755 root:root "$root/venvs"
  folder 755 root:root "$root/wsgi"
  folder 750 "$account:$account" "$root/data"
  folder 755 root:root /etc/deploy-flask
  folder 750 "root:$account" "/etc/deploy-flask/$site"
  folder 755 root:root /var/lib/deploy-flask
  folder 755 root:root "$state"
  folder 755 root:root /var/lib/deploy-flask/empty
}

# Kinds, modes, owners, names and contents of everything in the release that is live. yardstick.ts computes the same.
hash_of_code() {
  [[ -d $root/current/ ]] || return 0
  (
    cd "$root/current/"
    export LC_ALL=C
    { find . -printf '%y %m %U:%G %p %l\n' | sort; find . -type f -print0 | sort -z | xargs -0 sha256sum; } | sha256sum
  ) | cut -c1-64
}

code() {
  [[ $(hash_of_code) != "$code_hash" ]] || return 0
  local release
  release=$root/releases/$(date -u +%Y%m%dT%H%M%SZ)-${code_hash:0:12}
  changing touch "code in $release"
  rm -rf "$release" "$root/releases/incoming"
  mkdir -m 755 "$root/releases/incoming"
  base64 -d <&3 | tar -xzpf - --numeric-owner -C "$root/releases/incoming"
  mv -T "$root/releases/incoming" "$release"
  ln -s "releases/${release##*/}" "$root/current.new"
  mv -T "$root/current.new" "$root/current"
  [[ $(hash_of_code) == "$code_hash" ]] || die "the code in $release is not what was sent"
  # The last five are kept.
  find "$root/releases" -mindepth 1 -maxdepth 1 -name '*Z-*' | sort -r | tail -n +6 | xargs -r rm -rf
}

# What is in the environment, by the interpreter that the site uses: it must run, be the host's Python, and have exactly
# the distributions that were there when pip was done.
contents_of_venv() {
  "$venv/bin/python" -I -c '
import os, sys
folder = "%s/lib/python%d.%d/site-packages" % ((sys.prefix,) + sys.version_info[:2])
print("\n".join([folder] + sorted(n for n in os.listdir(folder) if n.endswith(("-info", ".egg-link")))))' 2> /dev/null
}

environment() {
  local is
  is=$(contents_of_venv) && [[ -f $venv/complete && $is == "$(< "$venv/complete")" ]] && return
  changing reload "environment $venv"
  rm -f "$venv/complete"
  "$venv/bin/pip" --version > /dev/null 2>&1 || python3 -m venv --clear "$venv"
  # The last ones for Python 3.6; the pip that comes with it knows none of today's binary packages.
  "$venv/bin/pip" -q install pip==21.3.1 setuptools==59.6.0 wheel==0.37.1
  "$venv/bin/pip" -q --disable-pip-version-check install -r "$root/current/requirements.txt"
  contents_of_venv > "$venv/complete"
}

application_settings() {
  file touch 640 "root:$account" "$settings" "$settings_json"
}

wsgi_script() {
  local object=${application##*:} # create_app() or app
  file touch 644 root:root "$script" "import json
import os
import sys

with open('$settings', encoding='utf-8') as settings:
    os.environ.update(json.load(settings))
sys.path.insert(0, '$root/current')

from ${application%%:*} import ${object%"()"}

application = $object"
}

sqlite() {
  local path
  if [[ ! -s $database ]]; then
    changing none "$init"
    # As the site's account with the site's settings, which never stand in an argument list.
    (
      umask 027
      cd "$root/current"
      # shellcheck disable=SC2086 # a command and its words
      runuser -u "$account" -- env -i PATH="$venv/bin:/usr/bin:/bin" LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 \
        FLASK_APP="$application" python -c '
import json, os, sys
with open(sys.argv[1], encoding="utf-8") as settings:
    os.environ.update(json.load(settings))
os.execvp(sys.argv[2], sys.argv[2:])' "$settings" $init
    ) || die "$init failed"
  fi
  for path in "$database" "$database"-{wal,shm,journal}; do
    [[ ! -e $path ]] || attributes 640 "$account:$account" "$path"
  done
}

virtual_host() {
  file reload 644 root:root "$vhost" "<VirtualHost *:80>
    ServerName $server_name
    DocumentRoot /var/lib/deploy-flask/empty
    WSGIDaemonProcess $site user=$account group=$account threads=5 \\
        python-home=$venv home=$root/current \\
        lang=C.UTF-8 locale=C.UTF-8 umask=0027 display-name=%{GROUP} \\
        queue-timeout=45 socket-timeout=60 connect-timeout=15 request-timeout=60 \\
        startup-timeout=15 deadlock-timeout=60 graceful-timeout=15 shutdown-timeout=5
    Alias $static_url $root/current/$static_folder/
    <Directory $root/current/$static_folder>
        Options None
        AllowOverride None
        Require all granted
    </Directory>
    WSGIScriptAlias / $script
    <Directory $root/wsgi>
        <Files $site.wsgi>
            Require all granted
        </Files>
        WSGIProcessGroup $site
        WSGIApplicationGroup %{GLOBAL}
    </Directory>
    LimitRequestBody 10485760
    ErrorLog \${APACHE_LOG_DIR}/$site-error.log
    CustomLog \${APACHE_LOG_DIR}/$site-access.log combined
</VirtualHost>"
  [[ -e /etc/apache2/sites-enabled/$site.conf ]] || { changing reload "site $site"; a2ensite -q "$site"; }
}

# The least that is enough. A configuration that Apache refuses is taken out of its way, so that a restart by somebody
# else does not take the other sites down.
go_live() {
  local output action
  for action in restart reload touch ''; do
    [[ ! -e $state/pending-$action ]] || break
  done
  systemctl is-active -q apache2 || { changing restart 'service apache2'; action=restart; }
  if [[ $action == re* ]]; then
    output=$(apache2ctl configtest 2>&1) || { a2dissite -q "$site"; die "site $site is disabled: $output"; }
  fi
  case $action in
    restart) systemctl restart apache2 ;;
    reload) systemctl reload apache2 ;;
  esac
  # mod_wsgi looks at the time of the script: enough for new code, and harmless otherwise.
  [[ -z $action ]] || touch "$script"
  ((changes > 0)) || [[ -n $action ]] || return 0
  python3 -I - "$server_name" "$check_path" <<'PYTHON' || die "$check_path of $server_name does not answer"
import http.client, sys
connection = http.client.HTTPConnection('127.0.0.1', 80, timeout=20)
connection.request('GET', sys.argv[2], headers={'Host': sys.argv[1]})
answer = connection.getresponse()
print('answer: %d %s' % (answer.status, answer.read(200).decode('utf-8', 'replace').strip()))
sys.exit(answer.status >= 400)
PYTHON
  rm -f "$state"/pending-*
}

main() {
  system_packages
  wsgi_module
  service_account
  folders
  code
  environment
  application_settings
  wsgi_script
  sqlite
  virtual_host
  go_live
  if ((changes == 0)); then echo 'nothing to do'; else echo "changes: $changes"; fi
}

main 3<&0 < /dev/null; exit
