#!/bin/sh
# Real Ironic in a virtual environment, and MariaDB unless the first word is `sqlite`. Prints the environment's folder.
set -eu
if [ "${1:-}" != sqlite ] && ! command -v mariadbd >/dev/null; then
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends mariadb-server >&2
fi
exec sh "$(dirname "$0")/../setup/python-programs.sh" ironic-39.0.0 ironic==39.0.0 pymysql
