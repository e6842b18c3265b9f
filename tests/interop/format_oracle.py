"""Formats cases with CPython: JSON cases on stdin, JSON results on stdout."""
import datetime
import json
import logging
import sys
import time


def decode(value):
    """The other side writes what JSON lacks as {"$kind": ...}."""
    if isinstance(value, list):
        return [decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    for kind, payload in value.items():
        if kind == "$float":
            return float(payload)
        if kind == "$int":
            return int(payload)
        if kind == "$bytes":
            return bytes(payload)
        if kind == "$set":
            return set(decode(payload))
    return {key: decode(item) for key, item in value.items()}


def percent(fmt, args, is_tuple):
    args = decode(args)
    return fmt % (tuple(args) if is_tuple else args)


def brace(fmt, values):
    return fmt.format(**decode(values))


def strftime(fmt, seconds, utc):
    seconds = decode(seconds)
    return time.strftime(fmt, time.gmtime(seconds) if utc else time.localtime(seconds))


def validate(fmt, style):
    logging.Formatter(fmt, style=style)
    return ""


def represent(value, function):
    return {"str": str, "repr": repr, "ascii": ascii}[function](decode(value))


def record(fmt, style, values):
    made = logging.makeLogRecord(decode(values))
    made.args = tuple(made.args)
    return logging.Formatter(fmt, style=style, validate=False).format(made)


def style(name, fmt, values, defaults):
    made = getattr(logging, name)(fmt, defaults=decode(defaults))
    facts = [made.default_format, made.asctime_format, made.asctime_search, made.usesTime()]
    try:
        made.validate()
        facts.append(made.format(logging.makeLogRecord(decode(values))))
    except Exception as error:
        facts.append("error: " + str(error))
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))


def run(case):
    try:
        return {"ok": globals()[case[0]](*case[1:])}
    except Exception as error:
        return {"error": type(error).__name__, "message": str(error)}


json.dump([run(case) for case in json.load(sys.stdin)], sys.stdout)
