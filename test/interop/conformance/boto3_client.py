"""boto3 at its defaults, one call a line: JSON in on standard input, JSON out on standard output.

In:  {"service", "operation", "input", "unchecked", "events"}
Out: {"answer", "status"} or {"error", "message", "status"}, or {"failure"} when a service did not answer.

Dates and bytes are written {"time"}, {"utf8"} and {"base64"}, as in scenario.ts.
"""

import base64
import datetime
import itertools
import json
import sys
import traceback

import boto3
from botocore.config import Config
from botocore.eventstream import EventStream
from botocore.exceptions import ClientError
from botocore.response import StreamingBody

clients = {}


def client_of(service, unchecked):
    key = (service, unchecked)
    if key not in clients:
        config = Config(parameter_validation=False) if unchecked else None
        clients[key] = boto3.client(service, config=config)
    return clients[key]


def method_of(client, operation):
    mapping = client.meta.method_to_api_mapping
    return getattr(client, next(name for name, api in mapping.items() if api == operation))


def to_sdk(value):
    if isinstance(value, list):
        return [to_sdk(each) for each in value]
    if not isinstance(value, dict):
        return value
    if "utf8" in value:
        return value["utf8"].encode()
    if "base64" in value:
        return base64.b64decode(value["base64"])
    if "time" in value:
        return datetime.datetime.fromisoformat(value["time"])
    return {name: to_sdk(member) for name, member in value.items()}


def from_sdk(value, events):
    if isinstance(value, StreamingBody):
        value = value.read()
    if isinstance(value, (bytes, bytearray)):
        return bytes_of(bytes(value))
    if isinstance(value, datetime.datetime):
        utc = value.astimezone(datetime.timezone.utc)
        return {"time": utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")}
    if isinstance(value, EventStream):
        taken = [from_sdk(event, events) for event in itertools.islice(value, events)]
        value.close()
        return taken
    if isinstance(value, list):
        return [from_sdk(each, events) for each in value]
    if isinstance(value, dict):
        return {name: from_sdk(member, events) for name, member in value.items()}
    return value


def bytes_of(value):
    try:
        return {"utf8": value.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(value).decode()}


def outcome_of(request):
    client = client_of(request["service"], request.get("unchecked", False))
    try:
        answer = method_of(client, request["operation"])(**to_sdk(request["input"]))
    except ClientError as error:
        told = error.response["Error"]
        # An exception that the service's model knows has a class of its own.
        modelled = type(error) is not ClientError
        return {
            "error": type(error).__name__ if modelled else told["Code"],
            "message": told.get("Message", ""),
            "status": error.response["ResponseMetadata"]["HTTPStatusCode"],
        }
    status = answer.pop("ResponseMetadata")["HTTPStatusCode"]
    return {"answer": from_sdk(answer, request.get("events")), "status": status}


def main():
    for line in sys.stdin:
        try:
            outcome = outcome_of(json.loads(line))
        except Exception:  # told to the test, which fails with it
            outcome = {"failure": traceback.format_exc()}
        print(json.dumps(outcome), flush=True)


main()
