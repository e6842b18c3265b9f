"""Logs two records by each handler of CPython into a collector: pickle, pickle-udp, http, syslog,
syslog-udp ports, and the token."""
import logging
import logging.handlers
import socket
import sys

tcp, udp, http, syslog, syslog_udp = map(int, sys.argv[1:6])
token = sys.argv[6]
host = "127.0.0.1"


def handlers():
    yield "pickle", logging.handlers.SocketHandler(host, tcp)
    yield "pickle-udp", logging.handlers.DatagramHandler(host, udp)
    for method in "GET", "POST":
        address = "%s:%d" % (host, http)
        if sys.version_info[0] == 2:
            # It knows no credentials.
            url = "/log?access_token=%s" % token
            handler = logging.handlers.HTTPHandler(address, url, method=method)
        else:
            handler = logging.handlers.HTTPHandler(
                address, "/log", method=method, credentials=("python", token)
            )
        yield "http", handler
    stream = logging.handlers.SysLogHandler((host, syslog), socktype=socket.SOCK_STREAM)
    yield "syslog", stream
    yield "syslog-udp", logging.handlers.SysLogHandler((host, syslog_udp))


for kind, handler in handlers():
    log = logging.getLogger("py.%s" % kind)
    log.setLevel(logging.DEBUG)
    log.addHandler(handler)
    log.warning("%s: %d of %s", kind, 7, u"\u00e9\u20ac", extra={"user": "anna"})
    try:
        raise ValueError("no luck")
    except ValueError:
        # Over TCP the lines of a traceback are messages of their own, unless --syslog-delimiter is nul.
        if kind != "syslog":
            log.exception("failed")
    log.removeHandler(handler)
    handler.close()
