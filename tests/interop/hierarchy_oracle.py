"""Replays scripts of logger operations on CPython's logging: JSON on stdin, traces on stdout."""
import json
import logging
import sys


class Trace(logging.Handler):
    def __init__(self, name, trace):
        super().__init__()
        self.set_name(name)
        self.trace = trace

    def emit(self, record):
        self.trace.append([self.get_name(), record.name, record.getMessage()])


class LastResort(Trace):
    pass


def children(logger):
    """Logger.getChildren, which Python has from 3.12."""
    def depth(item):
        return 0 if item is logger.manager.root else 1 + item.name.count(".")

    return [
        item
        for item in logger.manager.loggerDict.values()
        if isinstance(item, logging.Logger) and item.parent is logger
        and depth(item) == 1 + depth(logger)
    ]


def run(script):
    trace = []
    root = logging.RootLogger(logging.WARNING)
    manager = logging.Manager(root)
    root.manager = manager
    logging.Logger.root = root  # getChild and getChildren look here
    logging.lastResort = LastResort("last", trace)
    logging.lastResort.setLevel(logging.WARNING)
    handlers = {}

    def logger(name):
        return root if name == "root" else manager.getLogger(name)

    def handler(name):
        if name not in handlers:
            handlers[name] = Trace(name, trace)
        return handlers[name]

    for step, (operation, *args) in enumerate(script):
        if operation == "log":
            logger(args[0]).log(args[1], "%d", step)
        elif operation == "level":
            logger(args[0]).setLevel(args[1])
        elif operation == "propagate":
            logger(args[0]).propagate = args[1]
        elif operation == "disabled":
            logger(args[0]).disabled = args[1]
        elif operation == "disable":
            manager.disable = args[0]
            manager._clear_cache()
        elif operation == "add":
            logger(args[0]).addHandler(handler(args[1]))
        elif operation == "remove":
            logger(args[0]).removeHandler(handler(args[1]))
        elif operation == "handlerLevel":
            handler(args[0]).setLevel(args[1])
        elif operation == "filter":
            owner = handler(args[1]) if args[0] == "handler" else logger(args[1])
            owner.addFilter(logging.Filter(args[2]))
        elif operation == "child":
            child = logger(args[0]).getChild(args[1])
            trace.append(["child", child.name, child.parent.name])
        elif operation == "ask":
            asked = logger(args[0])
            trace.append([
                "ask",
                asked.getEffectiveLevel(),
                asked.isEnabledFor(args[1]),
                asked.hasHandlers(),
                asked.parent.name if asked.parent else None,
                sorted(item.name for item in children(asked)),
                str(asked),
            ])
    return trace


json.dump([run(script) for script in json.load(sys.stdin)], sys.stdout)
