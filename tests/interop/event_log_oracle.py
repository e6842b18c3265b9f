"""Runs CPython's NTEventLogHandler on a pywin32 that notes its calls: JSON on stdin and stdout."""
import json
import logging
import logging.handlers
import sys
import types


class Win32Error(Exception):
    def __init__(self, winerror):
        super().__init__(winerror)
        self.winerror = winerror


def fake_pywin32(case, calls):
    util = types.ModuleType("win32evtlogutil")
    util.__file__ = "/pywin32/win32/lib/win32evtlogutil.py"

    def add(appname, dllname, logtype):
        if case["registryError"]:
            raise Win32Error(case["registryError"])
        calls.append(["add", appname, dllname, logtype])

    def report(appname, event_id, category, event_type, strings):
        if strings[0] in case["refused"]:
            raise Win32Error(1722)
        calls.append(["report", appname, event_id, category, event_type, strings])

    util.AddSourceToRegistry = add
    util.ReportEvent = report
    log = types.ModuleType("win32evtlog")
    log.EVENTLOG_ERROR_TYPE, log.EVENTLOG_WARNING_TYPE, log.EVENTLOG_INFORMATION_TYPE = 1, 2, 4
    sys.modules.update(win32evtlogutil=util, win32evtlog=log)


def run(case):
    calls = []
    fake_pywin32(case, calls)
    try:
        handler = logging.handlers.NTEventLogHandler(case["appname"], **case["options"])
    except Win32Error as error:
        return [["error", error.winerror]]
    handler.handleError = lambda record: calls.append(["lost", record.getMessage()])
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    for level, event_type in case["typemap"]:
        handler.typemap[level] = event_type
    for level, text, args in case["records"]:
        handler.handle(logging.LogRecord("shop", level, "shop.py", 1, text, tuple(args), None))
    handler.close()
    return calls


json.dump([run(case) for case in json.load(sys.stdin)], sys.stdout)
