#!/bin/sh
# Real Ironic for the differential test, with SQLite; shares its virtual environment with the bench. Prints the folder.
set -eu
exec sh "$(dirname "$0")/../../scripts/bench/install-ironic.sh" sqlite
