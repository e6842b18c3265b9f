"""Records what CPython's SocketHandler does on a scripted clock and network, as JSON on stdout.

Each scenario is a list of steps [time, dial, write]: at `time` one record is emitted; should that
lead to a dial, `dial` says whether it succeeds; should it lead to a write, `write` does. The trace
holds for each step what happened: "dial" or "refused", "sent" or "lost", the state of the back-off.

    python3 tests/testdata/record_backoff.py > tests/testdata/backoff_traces.json
"""
import json
import logging
import logging.handlers
import random


class Clock:
    now = 0.0

    def time(self):
        return self.now


def run(settings, steps):
    clock = Clock()
    logging.handlers.time = clock
    trace = []
    current = {}

    class Socket:
        def sendall(self, data):
            if not current["write"]:
                current["events"].append("lost")
                raise OSError("scripted")
            current["events"].append("sent")

        def close(self):
            pass

    class Handler(logging.handlers.SocketHandler):
        def makeSocket(self, timeout=1):
            if not current["dial"]:
                current["events"].append("refused")
                raise OSError("scripted")
            current["events"].append("dial")
            return Socket()

    handler = Handler("localhost", 9020)
    handler.retryStart, handler.retryFactor, handler.retryMax = settings
    for time, dial, write in steps:
        clock.now = time
        current.update(dial=dial, write=write, events=[])
        handler.emit(logging.makeLogRecord({"msg": "spam"}))
        trace.append({
            "events": current["events"],
            "retryTime": handler.retryTime,
            "retryPeriod": getattr(handler, "retryPeriod", 0),
        })
    return trace


def scenarios():
    absent = [[0.25 * i, False, True] for i in range(400)]
    yield [1.0, 2.0, 30.0], absent
    rng = random.Random(20260101)
    for _ in range(60):
        settings = [rng.choice([2.0, 5.0, 20.0]), rng.choice([1.0, 1.5, 2.0, 3.0]),
                    rng.choice([8.0, 16.0, 60.0])]
        up, down = rng.choice([(0.2, 0.9), (0.5, 0.5), (0.9, 0.8)])
        time, steps = 0.0, []
        for _ in range(60):
            # More than a second apart: within its first second ours gives a connection time.
            time += rng.choice([1.25, 1.5, 2.0, 5.0, 8.0, 61.0])
            steps.append([time, rng.random() < up, rng.random() < down])
        yield settings, steps


if __name__ == "__main__":
    lines = [json.dumps({"settings": s, "steps": steps, "trace": run(s, steps)})
             for s, steps in scenarios()]
    print("[\n" + ",\n".join(lines) + "\n]")
