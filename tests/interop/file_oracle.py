"""Runs steps with CPython's FileHandler and WatchedFileHandler: JSON on stdin, JSON on stdout."""
import json
import logging
import logging.handlers
import os
import sys
import tempfile

logging.raiseExceptions = False


def run(case):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "app.log")
        if case["before"] is not None:
            with open(path, "w", encoding="utf-8") as file:
                file.write(case["before"])
        kind = logging.handlers.WatchedFileHandler if case["watched"] else logging.FileHandler
        try:
            handler = kind(path, mode=case["mode"], encoding=case.get("encoding", "utf-8"),
                           delay=case["delay"], errors=case["errors"])
        except OSError:
            return "cannot be opened"
        handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
        for step, argument in case["steps"]:
            if step == "log":
                try:
                    handler.handle(logging.makeLogRecord({"msg": argument, "levelname": "INFO"}))
                except OSError:
                    pass  # from opening the file: that error CPython lets through
            elif step == "close":
                handler.close()
            elif step == "move" and os.path.exists(path):
                os.rename(path, os.path.join(folder, argument))
        handler.close()
        files = {}
        for name in sorted(os.listdir(folder)):
            with open(os.path.join(folder, name), "rb") as file:
                files[name] = file.read().hex()
        return files


json.dump([run(case) for case in json.load(sys.stdin)], sys.stdout)
