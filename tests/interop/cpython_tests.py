"""Looks into this Python's own tests of logging: prints a JSON list.

    cpython_tests.py names                  every test method that unittest finds, Class.method
    cpython_tests.py texts CLASS METHOD     the string literals in the code of one of them

The list is null where this Python has no tests, as a distribution may leave them out.
"""
import ast
import importlib.util
import json
import sys
import unittest


def names(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from names(item)
        else:
            yield ".".join(item.id().split(".")[-2:])


def texts(source, class_name, method_name):
    def named(nodes, name):
        return next(node for node in nodes if getattr(node, "name", None) == name)

    method = named(named(ast.parse(source).body, class_name).body, method_name)
    for node in ast.walk(method):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def spec():
    try:
        return importlib.util.find_spec("test.test_logging")
    except ImportError:
        return None


def main(what, *args):
    found = spec()
    if found is None:
        return None
    if what == "names":
        return list(names(unittest.defaultTestLoader.loadTestsFromName("test.test_logging")))
    with open(found.origin, encoding="utf-8") as file:
        return list(texts(file.read(), *args))


json.dump(main(*sys.argv[1:]), sys.stdout)
