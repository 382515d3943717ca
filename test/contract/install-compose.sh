#!/usr/bin/env bash
# Docker Compose for `docker compose config`: the one on the machine, else built from the Go proxy into the cache (1-2 minutes).
set -euo pipefail
bin="${ANNEAL_CACHE:-$HOME/.cache/anneal}/bin"
if docker compose version >/dev/null 2>&1 || [ -x "$bin/docker-compose" ]; then exit 0; fi
mkdir -p "$bin"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
# Compose's module excludes a version, so `go install` refuses it; a module of our own that requires it builds.
go mod init compose-build >/dev/null 2>&1
go get github.com/docker/compose/v2/cmd@v2.40.3 >/dev/null 2>&1
go build -o "$bin/docker-compose" github.com/docker/compose/v2/cmd
"$bin/docker-compose" version
