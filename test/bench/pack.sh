#!/bin/sh
# Packs the code for the sides that need an archive, always to the same bytes, and prints the name of its release.
#
#   pack.sh FOLDER ARCHIVE
set -eu
tar -C "$1" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX \
  --exclude=./tests --exclude=./.gitignore --exclude=./.deployignore --exclude=__pycache__ -cf - . | gzip -n > "$2"
sha256sum "$2" | cut -c1-12
