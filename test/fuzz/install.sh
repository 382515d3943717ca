#!/bin/sh
# Installs schemathesis, which makes requests out of the OpenAPI document, once, and prints the folder of its virtual
# environment. Needs python3 with venv and a PyPI index.
set -eu
cache="${ANNEAL_CACHE:-$HOME/.cache/anneal}"
version=4.32.5
folder="$cache/fuzz-schemathesis-$version"
if [ ! -f "$folder/complete" ]; then
  rm -rf "$folder"
  mkdir -p "$cache"
  python3 -m venv "$folder" >&2
  "$folder/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$version" >&2
  touch "$folder/complete"
fi
echo "$folder"
