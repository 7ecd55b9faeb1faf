"""Asks an endpoint for lists, all from one process: the AWS CLI takes a second and more to start for each.

Usage: listings.py ENDPOINT REGION, with a JSON object on standard input: what is listed, as the AWS CLI would be asked,
by kind: {"stream": ["kinesis", "list-streams", "StreamNames"]}. Writes an object of the answers, by kind.
"""

import json
import sys

import botocore.session
import jmespath

endpoint, region = sys.argv[1:]
session = botocore.session.get_session()


def listed(service, operation, query):
    client = session.create_client(
        # What the CLI calls s3api is s3.
        service.removesuffix("api"),
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    return jmespath.search(query, getattr(client, operation.replace("-", "_"))()) or []


json.dump({kind: listed(*listing) for kind, listing in json.load(sys.stdin).items()}, sys.stdout)
