"""Calls methods of openstacksdk by name.

Each line of stdin is a JSON object with the method, its arguments and its named arguments; each line of stdout is
a JSON object with the value or the error. Methods are those of `connection.baremetal`; `cloud.` before a name
stands for those of the connection itself.
"""
import json
import sys
import types

import openstack
from openstack import resource
from pace import shorten_pauses

shorten_pauses()
connection = openstack.connect(load_yaml_config=False)


def plain(value):
    if isinstance(value, resource.Resource):
        return value.to_dict(computed=False, original_names=False)
    if isinstance(value, (types.GeneratorType, list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    return value


def call(method, args, named):
    owner, name = connection.baremetal, method
    if method.startswith("cloud."):
        owner, name = connection, method.removeprefix("cloud.")
    return plain(getattr(owner, name)(*args, **named))


for line in sys.stdin:
    try:
        answer = {"value": call(**json.loads(line))}
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer, default=str), flush=True)
