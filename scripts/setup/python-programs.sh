#!/bin/sh
# Installs Python programs into a virtual environment in the cache folder, once for each list of them, and prints the
# environment's folder: python-programs.sh NAME REQUIREMENT… Needs python3 with venv and a PyPI index.
set -eu
folder="${ANNEAL_CACHE:-$HOME/.cache/anneal}/$1"
shift
if [ "$(cat "$folder/complete" 2>/dev/null)" != "$*" ]; then
  rm -rf "$folder"
  python3 -m venv "$folder" >&2
  "$folder/bin/pip" install --quiet --disable-pip-version-check "$@" >&2
  printf %s "$*" >"$folder/complete"
fi
echo "$folder"
