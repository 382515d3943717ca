#!/bin/sh
# Installs the OpenStack clients that the compatibility tests drive, once, and prints the folder of their virtual
# environment. Needs python3 with venv and a PyPI index.
set -eu
cache="${ANNEAL_CACHE:-$HOME/.cache/anneal}"
version=6.3.0
folder="$cache/compat-ironicclient-$version"
if [ ! -f "$folder/complete" ]; then
  rm -rf "$folder"
  mkdir -p "$cache"
  python3 -m venv "$folder" >&2
  "$folder/bin/pip" install --quiet --disable-pip-version-check \
    "python-ironicclient==$version" "openstacksdk==4.22.0" "cliff==4.17.0" >&2
  touch "$folder/complete"
fi
echo "$folder"
