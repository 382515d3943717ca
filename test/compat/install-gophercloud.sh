#!/bin/sh
# Builds the program that drives gophercloud against an API (test/compat/gophercloud), with modules from the Go
# proxy, and prints its path. Go's own cache makes it quick when nothing changed.
set -eu
bin="${ANNEAL_CACHE:-$HOME/.cache/anneal}/bin"
mkdir -p "$bin"
# Where the machine's Go is too old, set-up has left a newer one there.
PATH="$bin:$PATH"
export PATH GOTOOLCHAIN=auto
cd "$(dirname "$0")/gophercloud"
go build -o "$bin/compat-gophercloud" . >&2
echo "$bin/compat-gophercloud"
