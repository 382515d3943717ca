#!/bin/sh
# Real Keystone for the tests of tokens, once. Prints the folder of its virtual environment.
set -eu
exec sh "$(dirname "$0")/../../scripts/setup/python-programs.sh" keystone-30.0.0 keystone==30.0.0 gunicorn==25.0.3
