#!/bin/sh
# Installs the programs that the contract tests talk to and that no distribution packages:
# goipmi, goipmi-server and a client made of go-ipmi from the Go proxy, pyghmi from PyPI. Safe to run again.
# ipmitool, ipmi_sim (package openipmi) and qemu-system-x86_64 come from the distribution.
set -eu
cache="${ANNEAL_CACHE:-$HOME/.cache/anneal}/ipmi"
goipmi_version=v0.9.1
pyghmi_version=1.6.19
mkdir -p "$cache/bin"
if [ ! -x "$cache/bin/goipmi-server" ] || [ ! -x "$cache/bin/goipmi" ]; then
  GOBIN="$cache/bin" go install "github.com/bougou/go-ipmi/cmd/goipmi@$goipmi_version"
  GOBIN="$cache/bin" go install "github.com/bougou/go-ipmi/cmd/goipmi-server@$goipmi_version"
fi
(cd "$(dirname "$0")/support/goipmi" && go build -mod=mod -o "$cache/bin/goipmi-client" .)
if [ ! -x "$cache/pyghmi/bin/python" ] || ! "$cache/pyghmi/bin/python" -c 'import pyghmi' 2>/dev/null; then
  python3 -m venv "$cache/pyghmi"
  "$cache/pyghmi/bin/pip" --quiet install "pyghmi==$pyghmi_version"
fi
for program in ipmitool ipmi_sim qemu-system-x86_64; do
  command -v "$program" >/dev/null || echo "missing: $program (Debian: ipmitool openipmi qemu-system-x86)" >&2
done
