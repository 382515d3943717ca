"""Prints the names of all commands of `baremetal`, one a line, from its own entry points."""
from importlib import metadata

for entry in metadata.entry_points(group="openstack.baremetal.v1"):
    print(entry.name.removeprefix("baremetal_").replace("_", " "))
