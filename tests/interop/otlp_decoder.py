"""Reads OTLP requests by Google's protobuf and OpenTelemetry's own schema, and makes answers.

Input, on stdin: a JSON array of {"kind": "protobuf" | "json" | "answer", "base64": ...}. Output: a
JSON array with a result for each. Of a request: its log records, each with its resource and its scope.
Of an answer {"kind": "answer", "rejected": ..., "message": ...}: its protobuf, as base64.
"""
import base64
import json
import os
import sys

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

SCHEMA = os.path.join(os.path.dirname(__file__), "..", "testdata", "otlp", "logs_service.binpb")
SERVICE = "opentelemetry.proto.collector.logs.v1."

pool = descriptor_pool.DescriptorPool()
with open(SCHEMA, "rb") as file:
    for schema in descriptor_pb2.FileDescriptorSet.FromString(file.read()).file:
        pool.Add(schema)


def message_class(name):
    found = pool.FindMessageTypeByName(SERVICE + name)
    if hasattr(message_factory, "GetMessageClass"):
        return message_factory.GetMessageClass(found)
    return message_factory.MessageFactory(pool).GetPrototype(found)


Request = message_class("ExportLogsServiceRequest")
Response = message_class("ExportLogsServiceResponse")


def from_json(text):
    """OTLP's JSON is protobuf's, but for ids, which are hexadecimal."""
    request = json.loads(text)
    for resource in request["resourceLogs"]:
        for scope in resource["scopeLogs"]:
            for record in scope["logRecords"]:
                assert type(record.get("severityNumber", 0)) is int
                for name in "traceId", "spanId":
                    if name in record:
                        record[name] = base64.b64encode(bytes.fromhex(record[name])).decode()
    return json_format.ParseDict(request, Request())


def from_protobuf(data):
    request = Request.FromString(data)
    before = request.ByteSize()
    request.DiscardUnknownFields()
    assert request.ByteSize() == before, "the schema does not know some fields"
    return request


def plain(message):
    return json_format.MessageToDict(message, preserving_proto_field_name=True)


def attributes(message):
    found = plain(message)
    found.get("attributes", []).sort(key=lambda attribute: attribute["key"])
    return found


def records_of(request):
    return [
        {
            "resource": attributes(resource.resource),
            "schemas": [resource.schema_url, scope.schema_url],
            "scope": plain(scope.scope),
            "record": attributes(record),
        }
        for resource in request.resource_logs
        for scope in resource.scope_logs
        for record in scope.log_records
    ]


def result(item):
    if item["kind"] == "answer":
        answer = Response()
        answer.partial_success.rejected_log_records = item["rejected"]
        answer.partial_success.error_message = item["message"]
        return base64.b64encode(answer.SerializeToString()).decode()
    data = base64.b64decode(item["base64"])
    is_json = item["kind"] == "json"
    return records_of(from_json(data.decode("utf-8")) if is_json else from_protobuf(data))


json.dump([result(item) for item in json.load(sys.stdin)], sys.stdout)
