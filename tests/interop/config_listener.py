"""Listens for one configuration, by logging.config.listen(): prints the port, then the root's state."""
import json
import logging
import logging.config
import os
import sys

thread = logging.config.listen(0)
thread.daemon = True
thread.start()
thread.ready.wait()
thread.ready.clear()
sys.stdout.write("%d\n" % thread.port)
sys.stdout.flush()
thread.ready.wait()
root = logging.getLogger()
state = [root.level, [[item.name, type(item).__name__, item.level] for item in root.handlers]]
sys.stdout.write(json.dumps(state) + "\n")
sys.stdout.flush()
# Not by stopListening(): the thread looks for that once a second.
os._exit(0)
