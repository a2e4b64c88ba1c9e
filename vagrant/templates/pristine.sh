# Runs as root in the machine that `vagrant up` made of the box. What is added are ways to log in, nothing else: the
# same key for root, and a user whose sudo asks for a password.
set -euo pipefail

install -d -m 700 /root/.ssh
install -m 600 /home/vagrant/.ssh/authorized_keys /root/.ssh/authorized_keys

useradd --create-home --shell /bin/bash --groups sudo deploy
echo 'deploy:deploy-password' | chpasswd
install -d -m 700 -o deploy -g deploy /home/deploy/.ssh
install -m 600 -o deploy -g deploy /home/vagrant/.ssh/authorized_keys /home/deploy/.ssh/authorized_keys
