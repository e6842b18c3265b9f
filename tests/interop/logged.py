"""Prints pickles of records that this Python logs, a line of hexadecimal each: at every protocol, with
arguments, with fields of extra, and with a traceback.
"""
from __future__ import print_function

import binascii
import logging
import pickle

records = []


class Keep(logging.Handler):
    def emit(self, record):
        fields = dict(record.__dict__)
        if record.exc_info:
            self.format(record)
            fields["exc_text"] = record.exc_text
        fields.update(msg=record.getMessage(), args=None, exc_info=None)
        fields.pop("message", None)
        records.append(fields)


log = logging.getLogger("myapp.area1")
log.setLevel(logging.DEBUG)
log.addHandler(Keep())
for i in range(6):
    log.info("request %d took %s ms", 250 + 5 * i, u"sp\xe4m" if i == 3 else i / 4.0)
    log.debug("request %d", i, extra={"user": "user%d" % i, "status": 200 + i, "share": i / 3.0})
    log.error("plain")
    try:
        raise ValueError("not a sphinx %d" % i)
    except ValueError:
        log.exception("request %d failed", i)
for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
    for fields in records:
        print(binascii.hexlify(pickle.dumps(fields, protocol)).decode("ascii"))
