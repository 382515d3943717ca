#!/bin/sh
# Real Keystone for the tests of tokens, once, in a virtual environment. Prints its folder. Needs python3 with venv and a PyPI index.
set -eu
cache="${ANNEAL_CACHE:-$HOME/.cache/anneal}"
version=30.0.0
folder="$cache/keystone-$version"
if [ ! -f "$folder/complete" ]; then
  rm -rf "$folder"
  mkdir -p "$cache"
  python3 -m venv "$folder" >&2
  "$folder/bin/pip" install --quiet --disable-pip-version-check "keystone==$version" "gunicorn==25.0.3" >&2
  touch "$folder/complete"
fi
echo "$folder"
