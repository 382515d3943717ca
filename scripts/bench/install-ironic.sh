#!/bin/sh
# Real Ironic in a virtual environment, and MariaDB unless the first word is `sqlite`. Prints the environment's folder.
set -eu
version=39.0.0
folder="${ANNEAL_CACHE:-$HOME/.cache/anneal}/ironic-$version"
if [ "${1:-}" != sqlite ] && ! command -v mariadbd >/dev/null; then
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends mariadb-server >&2
fi
if [ ! -f "$folder/complete" ]; then
  rm -rf "$folder"
  python3 -m venv "$folder"
  "$folder/bin/pip" install --quiet --disable-pip-version-check "ironic==$version" pymysql >&2
  touch "$folder/complete"
fi
echo "$folder"
