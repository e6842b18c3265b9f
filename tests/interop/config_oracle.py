"""Replays scripts of configurations and calls on CPython's logging: JSON on stdin, traces on stdout."""
import gc
import io
import json
import logging
import logging.config
import sys


def describe(handler):
    return [handler.name, type(handler).__name__, handler.level, len(handler.filters)]


def state():
    root = logging.root
    loggers = [
        [name, item.level, bool(item.propagate), bool(item.disabled),
         [describe(handler) for handler in item.handlers], len(item.filters)]
        for name, item in sorted(root.manager.loggerDict.items())
        if isinstance(item, logging.Logger)
    ]
    names = sorted(logging._handlers.keys())
    return {
        "root": [root.level, [describe(handler) for handler in root.handlers], len(root.filters)],
        "loggers": loggers,
        "names": names,
    }


def run(steps):
    root = logging.root
    root.manager.loggerDict.clear()
    root.handlers.clear()
    root.filters.clear()
    root.setLevel(logging.WARNING)
    logging._handlers.clear()
    sys.stdout, sys.stderr = streams = io.StringIO(), io.StringIO()
    trace = []
    for kind, *args in steps:
        if kind == "logger":
            name, level, has_handler = args
            logger = logging.getLogger(name)
            logger.setLevel(level)
            if has_handler:
                logger.addHandler(logging.NullHandler())
        elif kind in ("config", "file"):
            try:
                if kind == "config":
                    logging.config.dictConfig(*args)
                else:
                    text, options = args
                    logging.config.fileConfig(io.StringIO(text), **options)
            except Exception:
                trace.append("refused")
                break
            trace.append(state())
        else:
            name, level, message = args
            logging.getLogger(name).log(level, message)
    return [trace, *[stream.getvalue() for stream in streams]]


def kept(install):
    """Keeps handlers that no logger has, whose names would be gone with them."""
    def wrapper(*args):
        handlers = install(*args)
        kept_handlers.append(handlers)
        return handlers
    return wrapper


kept_handlers = []
logging.config._install_handlers = kept(logging.config._install_handlers)
# Handlers without a logger last as long as the configurator, which is a circle: until it is found.
gc.disable()
scripts = json.load(sys.stdin)
stdout = sys.stdout
results = [run(script) for script in scripts]
json.dump(results, stdout)
