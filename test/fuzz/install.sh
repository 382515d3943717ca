#!/bin/sh
# Schemathesis, which makes requests out of the OpenAPI document, once. Prints the folder of its virtual environment.
set -eu
exec sh "$(dirname "$0")/../../scripts/setup/python-programs.sh" fuzz-schemathesis-4.32.5 schemathesis==4.32.5
