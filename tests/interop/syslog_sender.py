"""Stock CPython's SysLogHandler into a receiver: python syslog_sender.py KIND PORT [HOST]

KIND is udp, tcp, or unix (PORT is then the path).
"""
import logging
import logging.handlers
import socket
import sys

kind, port = sys.argv[1:3]
host = sys.argv[3] if len(sys.argv) > 3 else "localhost"
address = port if kind == "unix" else (host, int(port))
socktype = socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM
handler = logging.handlers.SysLogHandler(address, "local3", socktype)
logger = logging.getLogger("app")
logger.setLevel(logging.DEBUG)
logger.addHandler(handler)

logger.debug("a debug message")
logger.info("sp\u00e4m, 100%% of %s", "it")
logger.warning("Error: no tag, host or time")
logger.error("two\nlines")
handler.ident = "myapp[42]: "
logger.critical("with an ident")
handler.ident = ""
handler.append_nul = kind != "udp"
handler.setFormatter(logging.Formatter("Feb  3 04:05:06 host1 %(name)s: %(message)s"))
logger.info("as RFC 3164 has it")
handler.setFormatter(
    logging.Formatter(
        '1 2026-02-03T04:05:06.789Z host1 %(name)s 42 ID47 [a@1 b="c"] \ufeff%(message)s'
    )
)
logger.info("as RFC 5424 has it")
logging.shutdown()
