"""Looks into this Python's own tests of logging: prints a JSON list.

    cpython_tests.py names                  every test method that unittest finds, Class.method
    cpython_tests.py texts CLASS METHOD     the string literals in the code of one of them
    cpython_tests.py rollovers              each call of computeRollover() that they make, with the
                                            handler's when, interval, utc and atTime, and the answer

The list is null where this Python has no tests, as a distribution may leave them out.
"""
import ast
import importlib.util
import json
import logging.handlers
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


def rollovers(tests):
    calls = []
    units = {"S": 1, "M": 60, "H": 3600, "D": 86400, "MIDNIGHT": 86400}

    class Timed(logging.handlers.TimedRotatingFileHandler):
        def computeRollover(self, now):
            answer = super().computeRollover(now)
            at = self.atTime and [self.atTime.hour, self.atTime.minute, self.atTime.second]
            interval = self.interval // units.get(self.when, 7 * 86400)
            calls.append([self.when, interval, self.utc, at, now, answer])
            return answer

    # The only name by which the tests know the class.
    logging.handlers.TimedRotatingFileHandler = Timed
    chosen = [name for name in names(tests) if ".test_compute_rollover_" in name]
    loader = unittest.defaultTestLoader
    suite = loader.loadTestsFromNames(["test.test_logging." + name for name in chosen])
    result = unittest.TestResult()
    suite.run(result)
    assert result.wasSuccessful(), result
    return calls


def spec():
    try:
        return importlib.util.find_spec("test.test_logging")
    except ImportError:
        return None


def main(what, *args):
    found = spec()
    if found is None:
        return None
    if what != "texts":
        tests = unittest.defaultTestLoader.loadTestsFromName("test.test_logging")
        return list(names(tests)) if what == "names" else rollovers(tests)
    with open(found.origin, encoding="utf-8") as file:
        return list(texts(file.read(), *args))


json.dump(main(*sys.argv[1:]), sys.stdout)
