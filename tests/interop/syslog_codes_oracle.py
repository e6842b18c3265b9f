"""Writes the constants and tables of SysLogHandler as JSON, in the order that Python has them."""

import json
import logging.handlers
import sys

handler = logging.handlers.SysLogHandler
json.dump(
    {
        "constants": {k: v for k, v in vars(handler).items() if k.startswith("LOG_")},
        "priority_names": handler.priority_names,
        "facility_names": handler.facility_names,
        "priority_map": handler.priority_map,
    },
    sys.stdout,
)
