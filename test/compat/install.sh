#!/bin/sh
# Installs the Python clients that the compatibility tests drive, once for each list of them, and prints the folder
# of their virtual environment. Needs python3 with venv and a PyPI index.
set -eu
cache="${ANNEAL_CACHE:-$HOME/.cache/anneal}"
folder="$cache/compat-clients"
clients='python-ironicclient==6.3.0 openstacksdk==4.22.0 cliff==4.17.0 ironic-python-agent==13.0.0'
if [ "$(cat "$folder/complete" 2>/dev/null)" != "$clients" ]; then
  rm -rf "$folder"
  mkdir -p "$cache"
  python3 -m venv "$folder" >&2
  # Each word is one client.
  # shellcheck disable=SC2086
  "$folder/bin/pip" install --quiet --disable-pip-version-check $clients >&2
  printf %s "$clients" >"$folder/complete"
fi
echo "$folder"
