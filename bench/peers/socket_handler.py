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

MESSAGE = "Jackdaws love my big sphinx of quartz."

job = json.loads(sys.argv[1])
logging.raiseExceptions = False
Handler = logging.handlers.SocketHandler if job["protocol"] == "tcp" else logging.handlers.DatagramHandler
handler = Handler("127.0.0.1", job["port"])
logging.getLogger().setLevel(logging.INFO)
logging.getLogger().addHandler(handler)
loggers = [logging.getLogger("myapp.area%d" % (i + 1)) for i in range(job["loggers"])]
log = loggers[0]


async def in_turns(records, per_turn):
    i = 0
    while i < records:
        end = min(i + per_turn, records)
        while i < end:
            loggers[i % len(loggers)].info(MESSAGE)
            i += 1
        await asyncio.sleep(0)


def emit_all(records, per_turn):
    if per_turn > 0:
        asyncio.run(in_turns(records, per_turn))
    elif len(loggers) == 1:
        for _ in range(records):
            log.info(MESSAGE)
    else:
        for i in range(records):
            loggers[i % len(loggers)].info(MESSAGE)


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


emit_all(1, 0)
idle = memory("VmRSS")
try:
    with open("/proc/self/clear_refs", "w") as refs:
        refs.write("5")
except OSError:
    pass
emit_all(job["warmup"] - 1, 0)
reach("warm")
times = []
cpu_before = time.process_time()
start = time.time()
if job["latency"]:
    clock = time.perf_counter
    for _ in range(job["records"]):
        before = clock()
        log.info(MESSAGE)
        times.append(clock() - before)
else:
    emit_all(job["records"], job["perTurn"])
if job["exit"]:
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
