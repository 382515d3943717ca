"""Calls an API as the ironic-python-agent does, by the agent's own client.

Each line of stdin is a JSON object with a call and its arguments; each line of stdout is a JSON object with the value
or the error.
"""
import json
import logging
import os
import sys

from ironic_python_agent import config  # noqa: F401 (registers the options)
from ironic_python_agent import hardware
from ironic_python_agent import inspector
from ironic_python_agent import ironic_api_client
from ironic_python_agent import utils
from oslo_config import cfg

URL = os.environ["ANNEAL_URL"]
# What goes wrong is told by exceptions.
logging.disable(logging.CRITICAL)
cfg.CONF([], project="ironic-python-agent", default_config_files=[])
cfg.CONF.set_override("api_url", URL)
client = ironic_api_client.APIClient(URL)


def lookup(addresses, node_uuid=None):
    interfaces = [hardware.NetworkInterface(f"eth{index}", mac) for index, mac in enumerate(addresses)]
    patience = {"timeout": 3, "starting_interval": 0.2, "max_interval": 0.5}
    found = client.lookup_node({"interfaces": interfaces}, node_uuid=node_uuid, **patience)
    client.agent_token = found["config"]["agent_token"]
    return found


def inspect(data):
    return inspector.call_inspector(data, utils.AccumulatedFailures())


def heartbeat(node_uuid, host, port, certificate):
    return client.heartbeat(node_uuid, (host, port), advertise_protocol="https", generated_cert=certificate)


CALLS = {"lookup": lookup, "inspect": inspect, "heartbeat": heartbeat}

for line in sys.stdin:
    try:
        request = json.loads(line)
        answer = {"value": CALLS[request["call"]](**request["arguments"])}
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
