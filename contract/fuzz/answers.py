"""Prints how often each operation of the contract was answered, from the server's log, which has the route of each
request. Requests of hooks.py do not count. Fails if an operation was never answered with 2xx, as it is then untested."""

import collections
import json
import sys

import yaml

contract, log = sys.argv[1:]
answers = collections.Counter()
with open(log) as lines:
    for line in lines:
        entry = json.loads(line)
        if entry["msg"] == "request" and entry["client_request_id"] != "hooks":
            answers[entry["method"], entry["route"].removeprefix("/beta").removeprefix("/control"), entry["status"] // 100] += 1

never = 0
print(f"{'answered':32}{'2xx':>8}{'3xx':>8}{'4xx':>8}")
for path, operations in yaml.safe_load(open(contract))["paths"].items():
    route = path.replace("{", ":").replace("}", "")
    for method in [name for name in operations if name != "parameters"]:
        counts = [answers[method.upper(), route, hundreds] for hundreds in (2, 3, 4)]
        print("{:32}{:8}{:8}{:8}".format(operations[method]["operationId"], *counts))
        never += counts[0] == 0
if never:
    sys.exit(f"{never} operations were never answered 2xx")
