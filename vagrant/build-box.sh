#!/usr/bin/env bash
# Builds a Vagrant box for the lxc provider from Ubuntu's own archive and prints its path on stdout; progress goes to
# stderr. Nobody publishes such a box for Ubuntu 18.04, and LXC needs neither KVM nor a Docker engine.
#
#   vagrant/build-box.sh [bionic|focal|jammy|noble]
#
# DEPLOY_FLASK_UBUNTU_MIRROR names another mirror than debootstrap's default one.
set -euo pipefail

release=${1:-bionic}
# The key of Ubuntu's archive that signs the release. debootstrap gets a keyring with this one and nothing else, so
# whoever serves the keyring package cannot add another.
extra=
case $release in
  bionic | focal) pinned=790BC7277767219C42C86F933B4FE6ACC0B21F32 ;;
  jammy) pinned=F6ECB3762474EDA9D21B7022871920D1991BC93C ;;
  noble) pinned=F6ECB3762474EDA9D21B7022871920D1991BC93C extra=,systemd-resolved ;; # a package of its own there
  *) echo "build-box: unknown release '$release': one of bionic, focal, jammy, noble" >&2; exit 2 ;;
esac

packages=systemd,systemd-sysv,dbus,openssh-server,sudo,ca-certificates,iproute2,iputils-ping,python3$extra

say() { echo "build-box: $*" >&2; }

arch=$(dpkg --print-architecture)
# What goes into a box: this recipe, the architecture, and the certificates that the guest must trust.
key=$({ cat "$0"; echo "$arch"; cat /usr/local/share/ca-certificates/*.crt 2>/dev/null || true; } | sha256sum | cut -c1-12)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/deploy-flask/boxes
box=$cache/$release-$key.box
if [ -e "$box" ]; then
  echo "$box"
  exit 0
fi

[ "$(id -u)" = 0 ] || { say 'debootstrap needs root'; exit 2; }
mkdir -p "$cache"
work=$(mktemp -d "$cache/.$release.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'say "line $LINENO failed: $BASH_COMMAND"; tail -n 20 "$work"/*.log >&2' ERR
root=$work/rootfs
started=$SECONDS

# debootstrap has a script per release, mostly links to the oldest one; a release newer than debootstrap has none yet.
suite_script=/usr/share/debootstrap/scripts/$release
[ -e "$suite_script" ] || suite_script=/usr/share/debootstrap/scripts/gutsy
# Sourced rather than parsed: the script chooses by architecture. The functions it calls are debootstrap's own.
default_mirror_of_debootstrap() (
  default_mirror() { echo "$1"; exit 0; }
  ARCH=$arch SUITE=$release
  . "$suite_script"
)
mirror=${DEPLOY_FLASK_UBUNTU_MIRROR:-$(default_mirror_of_debootstrap)}
mirror=${mirror%/}

say "building a $release box from $mirror (about two minutes, once; kept in $cache)"

# Debian has no package of Ubuntu's keyring. Its file name is read from the index, for not every mirror lists folders.
keyring_deb=$(curl -fsSL "$mirror/dists/$release/main/binary-$arch/Packages.gz" | gunzip |
  sed -n 's|^Filename: \(pool/main/u/ubuntu-keyring/ubuntu-keyring_.*_all\.deb\)$|\1|p' | head -n 1)
curl -fsSL -o "$work/keyring.deb" "$mirror/$keyring_deb"
dpkg-deb -x "$work/keyring.deb" "$work/keyring"
export GNUPGHOME=$work/gnupg
mkdir -m 700 "$GNUPGHOME"
gpg --quiet --batch --no-default-keyring --keyring "$work/keyring/usr/share/keyrings/ubuntu-archive-keyring.gpg" \
  --export "$pinned" > "$work/pinned.gpg"
gpg --batch --show-keys --with-colons "$work/pinned.gpg" 2> "$work/gpg.log" | grep -q "^fpr:*$pinned:" ||
  { say "the keyring of $mirror has not the key $pinned that this script pins"; exit 1; }

debootstrap --variant=minbase --components=main,universe --include="$packages" --keyring="$work/pinned.gpg" \
  "$release" "$root" "$mirror" "$suite_script" > "$work/debootstrap.log"
say "debootstrap took $((SECONDS - started)) s; now updates, user and network"

for pocket in "$release" "$release-updates" "$release-security"; do
  echo "deb $mirror $pocket main universe"
done > "$root/etc/apt/sources.list"

# A closed network has certificates of its own, and its pip index. Otherwise the guest stays what Ubuntu makes it:
# pip 9.0.1's built-in index name may not exist in a closed network, and pip brings its own certificates.
if compgen -G '/usr/local/share/ca-certificates/*.crt' > /dev/null; then
  cp /usr/local/share/ca-certificates/*.crt "$root/usr/local/share/ca-certificates/"
  chroot "$root" update-ca-certificates > "$work/certificates.log" 2>&1
  index=${PIP_INDEX_URL:-$(python3 -m pip config get global.index-url 2> "$work/pip.log" ||
    python3 -c 'from pip._internal.models.index import PyPI; print(PyPI.simple_url)' 2>> "$work/pip.log" || true)}
  {
    echo '[global]'
    echo 'cert = /etc/ssl/certs/ca-certificates.crt'
    [ -z "$index" ] || echo "index-url = $index"
  } > "$root/etc/pip.conf"
fi

# Hosts in use have the updates. In a mount namespace of its own, so that an interrupted build leaves no /proc behind.
cp /etc/resolv.conf "$root/etc/resolv.conf"
printf '#!/bin/sh\nexit 101\n' > "$root/usr/sbin/policy-rc.d"
chmod +x "$root/usr/sbin/policy-rc.d"
unshare --mount bash -c '
  mount -t proc proc "$1/proc"
  export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
  chroot "$1" sh -ec "apt-get update; apt-get -y dist-upgrade; apt-get clean; rm -rf /var/lib/apt/lists/*"
' bash "$root" > "$work/upgrade.log" 2>&1
rm "$root/usr/sbin/policy-rc.d"

chroot "$root" useradd --create-home --shell /bin/bash vagrant
echo 'vagrant ALL=(ALL) NOPASSWD: ALL' > "$root/etc/sudoers.d/vagrant"
chmod 440 "$root/etc/sudoers.d/vagrant"
# Vagrant's public insecure key, which "vagrant up" replaces by one of its own.
insecure_key=$(compgen -G '/usr/share/rubygems-integration/all/gems/vagrant-[0-9]*/keys/vagrant.pub' ||
  compgen -G '/opt/vagrant/embedded/gems/*/gems/vagrant-[0-9]*/keys/vagrant.pub') ||
  { say 'no keys/vagrant.pub: is vagrant installed?'; exit 1; }
install -d -m 700 -o 1000 -g 1000 "$root/home/vagrant/.ssh"
install -m 600 -o 1000 -g 1000 "$insecure_key" "$root/home/vagrant/.ssh/authorized_keys"

printf '[Match]\nName=eth0\n\n[Network]\nDHCP=ipv4\n' > "$root/etc/systemd/network/80-eth0.network"
ln -sf /run/systemd/resolve/stub-resolv.conf "$root/etc/resolv.conf"
chroot "$root" systemctl enable systemd-networkd systemd-resolved ssh > "$work/enable.log" 2>&1
echo "$release" > "$root/etc/hostname"
printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$release" > "$root/etc/hosts"
# Each machine must get an identity of its own: DHCP leases hang on it.
: > "$root/etc/machine-id"
ln -sf /etc/machine-id "$root/var/lib/dbus/machine-id"

mkdir "$work/box"
echo '{"provider":"lxc","version":"1.0.0"}' > "$work/box/metadata.json"
# With sys:rw systemd-networkd waits for udev for ever ("pending"), and no address comes.
cat > "$work/box/lxc-config" <<'CONFIG'
lxc.include = /usr/share/lxc/config/common.conf
lxc.mount.auto = proc:mixed sys:ro cgroup:rw:force
lxc.apparmor.profile = unconfined
CONFIG
# gzip -1: the box is unpacked on the machine that made it.
tar --numeric-owner -I 'gzip -1' -cf "$work/box/rootfs.tar.gz" -C "$work" ./rootfs
tar -I 'gzip -1' -cf "$work/done.box" -C "$work/box" .
mv "$work/done.box" "$box"
ln -sfn "$(basename "$box")" "$cache/$release.box"
say "built $box in $((SECONDS - started)) s"
echo "$box"
