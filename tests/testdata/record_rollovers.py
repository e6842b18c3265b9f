"""Records into rollovers.json what CPython's rotating file handlers do on a clock of our own.

    TZ=UTC python3.13 record_rollovers.py > rollovers.json

Per time zone: `computed`, instants of `computeRollover`; `runs`, records at given times through a
TimedRotatingFileHandler, with the instants at which it rolled over and the files that it left. Under
"sizes": the same through a RotatingFileHandler. A name that is taken gets a number, where CPython
would not roll over any more: that is what we do, and the rest of the run can be compared.
"""
import json
import logging
import logging.handlers
import os
import random
import sys
import tempfile
import time

logging.raiseExceptions = True
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata",
         "America/Santiago", "Africa/Cairo", "America/St_Johns"]
HOUR = 3600
DAY = 24 * HOUR
# Around each of these instants some zone of these puts its clocks forward or back.
CHANGES = [1711846800, 1729990800, 1710054000, 1730613600, 1712415600, 1728142200, 1712458800,
           1725768000, 1714082400, 1730408400]

now = [0]
time.time = lambda: now[0]


class AtTime:
    """What the handler reads of datetime.time."""

    def __init__(self, parts):
        self.hour, self.minute, self.second = parts


class Timed(logging.handlers.TimedRotatingFileHandler):
    rolled = None

    def rotation_filename(self, default_name):
        name = super().rotation_filename(default_name)
        free, number = name, 0
        while os.path.exists(free):
            number += 1
            free = "%s.%d" % (name, number)
        return free

    def doRollover(self):
        super().doRollover()
        self.rolled.append([now[0], self.rolloverAt])


class Sized(logging.handlers.RotatingFileHandler):
    rolled = None
    step = 0

    def doRollover(self):
        super().doRollover()
        self.rolled.append(self.step)


def record(message):
    return logging.LogRecord("app", logging.INFO, "app.py", 1, message, (), None)


def timed(path, when, interval, utc, at, backups):
    return Timed(path, when=when, interval=interval, utc=utc, delay=True, encoding="utf-8",
                 atTime=None if at is None else AtTime(at), backupCount=backups)


def computed(folder):
    results = []
    for i in range(160):
        when = random.choice(["midnight", "midnight", "W%d" % random.randrange(7), "D", "H"])
        interval = random.choice([1, 1, 1, 2, 3, 7])
        utc = random.random() < 0.1
        at = random.choice([None, None, [2, 30, 0], [0, 0, 0], [23, 59, 59], [12, 0, 0], [1, 0, 0]])
        t = random.choice(CHANGES) + random.randrange(-3 * DAY, 2 * DAY)
        if random.random() < 0.2:
            t -= t % HOUR  # often midnight, or the hour of the change
        handler = timed(os.path.join(folder, "none.log"), when, interval, utc, at, 0)
        results.append([when, interval, utc, at, t, handler.computeRollover(t)])
        handler.close()
    return results


def contents(folder):
    found = {}
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        with open(path, encoding="utf-8") as file:
            found[name] = file.read().split("\n")[:-1]
        os.remove(path)
    return found


def run(folder, options, times):
    """A step of [time, "restart"] begins anew with a file that was last written then."""
    path = os.path.join(folder, "app.log")
    rolled = []
    now[0] = times[0]
    handler = timed(path, *options)
    handler.rolled = rolled
    restart = len(times) // 2
    for i, t in enumerate(times):
        now[0] = t
        if i == restart:
            handler.close()
            if os.path.exists(path):
                os.utime(path, (times[i - 1], times[i - 1]))
            handler = timed(path, *options)
            handler.rolled = rolled
        handler.handle(record("#%d" % i))
    handler.close()
    return {"options": options, "times": times, "rolled": rolled, "files": contents(folder)}


def steps(start, end, least, most):
    times = []
    while start < end:
        times.append(start)
        start += random.randrange(least, most)
    return times


def runs(folder, zone):
    made = [
        run(folder, ["S", 2, True, None, 3], steps(1700000000, 1700000012, 1, 3)),
        run(folder, ["M", 1, True, None, 0], steps(1700000000, 1700000400, 20, 90)),
    ]
    for change in random.sample(CHANGES, 4):
        made += [
            run(folder, ["h", 1, False, None, 0],
                steps(change - 4 * HOUR, change + 4 * HOUR, 900, 2400)),
            run(folder, ["midnight", 1, False, None, 0],
                steps(change - 3 * DAY, change + 3 * DAY, 6 * HOUR, 20 * HOUR)),
            # Names that are taken, whose numbers CPython would not count among the backups, do not
            # come up in UTC.
            run(folder, ["midnight", 1, True, None, 2],
                steps(change - 3 * DAY, change + 3 * DAY, 6 * HOUR, 20 * HOUR)),
            run(folder, ["midnight", 1, False, [2, 30, 0], 0],
                steps(change - 2 * DAY, change + 2 * DAY, 2 * HOUR, 9 * HOUR)),
            run(folder, ["W6", 1, False, None, 0],
                steps(change - 15 * DAY, change + 15 * DAY, 12 * HOUR, 4 * DAY)),
            run(folder, ["D", 1, True, None, 0],
                steps(change - 2 * DAY, change + 2 * DAY, 5 * HOUR, 9 * HOUR)),
        ]
    return made


def sizes(folder):
    made = []
    for max_bytes, backups in [(0, 3), (40, 0), (40, 1), (64, 3), (100, 5), (1, 2), (30, 2)]:
        path = os.path.join(folder, "app.log")
        messages = ["%d %s" % (i, random.choice(["a", "é", "\U0001f600", "wörd "]) *
                               random.randrange(0, 30)) for i in range(40)]
        handler = Sized(path, maxBytes=max_bytes, backupCount=backups, encoding="utf-8")
        handler.rolled = []
        for i, message in enumerate(messages):
            handler.step = i
            handler.handle(record(message))
        handler.close()
        rolled = handler.rolled if backups else []
        made.append({"maxBytes": max_bytes, "backupCount": backups, "messages": messages,
                     "rolled": rolled, "files": contents(folder)})
    return made


def main():
    traces = {"zones": {}}
    with tempfile.TemporaryDirectory() as folder:
        for zone in ZONES:
            os.environ["TZ"] = zone
            time.tzset()
            random.seed(zone)
            traces["zones"][zone] = {"computed": computed(folder), "runs": runs(folder, zone)}
        random.seed("sizes")
        traces["sizes"] = sizes(folder)
    json.dump(traces, sys.stdout, separators=(",", ":"))
    sys.stdout.write("\n")


main()
