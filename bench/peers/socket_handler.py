"""CPython's SocketHandler and DatagramHandler as a subject: what net/driver.ts does, in Python.

    socket_handler.py JOB
"""
import asyncio
import json
import logging
import logging.handlers
import resource
import sys
import time

from records import CALLS

job = json.loads(sys.argv[1])
logging.raiseExceptions = False
Handler = logging.handlers.SocketHandler if job["protocol"] == "tcp" else logging.handlers.DatagramHandler
handler = Handler("127.0.0.1", job["port"])
logging.getLogger().setLevel(logging.INFO)
logging.getLogger().addHandler(handler)
loggers = [logging.getLogger("myapp.area%d" % (i + 1)) for i in range(job["loggers"])]
log = CALLS[job["kind"]]


async def in_turns(first, end, per_turn):
    for i in range(first, end):
        log(loggers[i % len(loggers)], i)
        if (i - first) % per_turn == per_turn - 1:
            await asyncio.sleep(0)


def emit_all(first, end, per_turn):
    if per_turn > 0:
        asyncio.run(in_turns(first, end, per_turn))
    elif len(loggers) == 1:
        logger = loggers[0]
        for i in range(first, end):
            log(logger, i)
    else:
        for i in range(first, end):
            log(loggers[i % len(loggers)], i)


def memory(name):
    try:
        with open("/proc/self/status") as status:
            for line in status:
                if line.startswith(name):
                    return int(line.split()[1]) / 1024
    except OSError:
        pass
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def say(**values):
    print(json.dumps(values), flush=True)


def reach(place):
    say(at=place)
    sys.stdin.readline()


emit_all(0, 1, 0)
idle = memory("VmRSS")
try:
    with open("/proc/self/clear_refs", "w") as refs:
        refs.write("5")
except OSError:
    pass
warm, end = job["warmup"], job["warmup"] + job["records"]
emit_all(1, warm, 0)
reach("warm")
times = []
cpu_before = time.process_time()
start = time.time()
if job["latency"]:
    clock = time.perf_counter
    logger = loggers[0]
    for i in range(warm, end):
        before = clock()
        log(logger, i)
        times.append(clock() - before)
else:
    emit_all(warm, end, job["perTurn"])
if job["exit"]:
    say(at="exit", time=time.time() * 1e3)
    sys.exit(0)
emitted = time.time()
reach("flushed")
cpu = time.process_time() - cpu_before
result = {
    "at": "end",
    "start": start * 1e6,
    "emitMs": (emitted - start) * 1e3,
    "flushMs": (emitted - start) * 1e3,
    "cpuUs": cpu * 1e6,
    "idleMiB": idle,
    "peakMiB": memory("VmHWM"),
    "account": None,
}
if times:
    times.sort()
    result["latencyUs"] = [times[int((len(times) - 1) * share)] * 1e6 for share in (0.5, 0.99, 0.999, 1)]
say(**result)
handler.close()
