"""Prints the public names of CPython's logging and logging.handlers: JSON on stdout.

{name: members}: the public members of a class, null for anything else.
"""
import json
import logging
import logging.handlers
import sys
import types


def is_own(value):
    """Modules that it imports, and what comes from them, are not its own."""
    if isinstance(value, types.ModuleType):
        return False
    return getattr(value, "__module__", "logging").startswith("logging")


surface = {}
for module in (logging, logging.handlers):
    for name, value in vars(module).items():
        if name.startswith("_") or not is_own(value):
            continue
        surface[name] = None
        if isinstance(value, type):
            surface[name] = [member for member in dir(value) if not member.startswith("_")]
json.dump(surface, sys.stdout)
