#!/usr/bin/env bash
# Temporal's official server and its schema tool, built from the Go proxy into the cache, once (10-15 minutes on 2 cores).
set -euo pipefail
version=v1.32.0
bin="${ANNEAL_CACHE:-$HOME/.cache/anneal}/bin"
if [ -x "$bin/temporal-server" ] && [ -x "$bin/temporal-sql-tool" ]; then exit 0; fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GOBIN="$work"
go install "go.temporal.io/server/cmd/server@$version"
go install "go.temporal.io/server/cmd/tools/sql@$version"
mkdir -p "$bin"
mv "$work/server" "$bin/temporal-server"
mv "$work/sql" "$bin/temporal-sql-tool"
"$bin/temporal-server" --version
