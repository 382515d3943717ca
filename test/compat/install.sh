#!/bin/sh
# The Python clients that the compatibility tests drive, once for each list of them. Prints the folder of their virtual environment.
set -eu
exec sh "$(dirname "$0")/../../scripts/setup/python-programs.sh" compat-clients \
  python-ironicclient==6.3.0 openstacksdk==4.22.0 cliff==4.17.0 ironic-python-agent==13.0.0
