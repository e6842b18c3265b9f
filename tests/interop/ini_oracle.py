"""Reads texts by CPython's configparser: JSON on stdin, sections or the name of the error on stdout."""
import configparser
import json
import sys
import warnings

# Python warns of an unknown escape, and keeps it.
warnings.simplefilter("ignore")


def attempt(get):
    try:
        return get()
    except configparser.Error as error:
        return {"error": type(error).__name__}


def read(text, defaults):
    parser = configparser.ConfigParser(defaults)
    parser.read_string(text)
    return {
        section: {
            option: [parser.get(section, option, raw=True),
                     attempt(lambda: parser.get(section, option))]
            for option in parser[section]
        }
        for section in parser
    }


def value(text):
    try:
        result = eval(text, {})
    except Exception:
        return None
    return {"value": plain(result)}


def plain(item):
    if isinstance(item, (list, tuple)):
        return [plain(one) for one in item]
    if isinstance(item, bytes):
        return {"bytes": list(item)}
    if isinstance(item, dict):
        return {"dict": [[plain(key), plain(one)] for key, one in item.items()]}
    if isinstance(item, (set, frozenset)):
        return {"set": sorted(repr(plain(one)) for one in item)}
    if isinstance(item, float) and item in (float("inf"), -float("inf")):
        return {"float": str(item)}
    if isinstance(item, int) and abs(item) >= 2 ** 53:
        return {"int": str(item)}
    return item


cases = json.load(sys.stdin)
json.dump({
    "files": [attempt(lambda: read(*case)) for case in cases["files"]],
    "literals": [value(text) for text in cases["literals"]],
}, sys.stdout)
