# Runs as root in a pristine guest: a host on which somebody's PHP site is already served, in the way of Ubuntu's
# packages (mod_php, hence the prefork MPM), beside the default site.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

apt-get -qq update
apt-get -qq -y install apache2 libapache2-mod-php

mkdir -p /var/www/php
cat > /var/www/php/index.php <<'PHP'
<?php
header('Content-Type: text/plain; charset=utf-8');
echo "This is the PHP site, served by PHP ", phpversion(), ".\n";
PHP

cat > /etc/apache2/sites-available/php.conf <<'CONF'
<VirtualHost *:80>
	ServerName php.test
	DocumentRoot /var/www/php
	ErrorLog ${APACHE_LOG_DIR}/php-error.log
	CustomLog ${APACHE_LOG_DIR}/php-access.log combined
</VirtualHost>
CONF
a2ensite php
apachectl configtest
systemctl reload apache2
# As fresh as a host whose package lists were never read.
apt-get clean
rm -rf /var/lib/apt/lists/*
