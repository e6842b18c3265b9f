import { assert, assertEquals, fail } from "@std/assert";
import { MemoryNetwork } from "../../src/testing/memory.ts";
import { frame } from "../../src/wire/length_prefix_framing.ts";
import { dumps } from "../../src/wire/pickle/pickle.ts";
import { setRaiseExceptions } from "../../src/logging/raise_exceptions.ts";
import { catchStderr } from "../stderr.ts";
import { test } from "../test.ts";
import { at, Collector, setting } from "../receivers/setting.ts";
import { advanceUntil } from "../until.ts";

/** The lines that `run` prints on stderr. */
async function stderrOf(run: () => Promise<void>): Promise<string[]> {
  const { lines, end } = catchStderr();
  try {
    await run();
  } finally {
    end();
    setRaiseExceptions(true);
  }
  return lines;
}

test("faults are lines on stderr unless onError is given, one of a kind every ten seconds", async () => {
  const lines = await stderrOf(async () => {
    const network = new MemoryNetwork();
    const { clock } = network;
    const receiver = new Collector("localhost", 9020, { acceptor: network, clock });
    await receiver.start();
    const evil = async () => {
      const { rejected } = receiver.stats;
      const connection = await network.connect(at);
      await connection.write(frame(dumps("a\nb")));
      await advanceUntil(
        clock,
        () => receiver.stats.rejected > rejected && receiver.stats.open === 0,
      );
      await connection.close();
    };
    for (let i = 0; i < 5; i++) await evil();
    await clock.advance(10_000);
    await evil();
    await evil();
    setRaiseExceptions(false);
    await clock.advance(10_000);
    await evil();
    setRaiseExceptions(true);
    await evil();
    await receiver.stop();
  });
  const name = "logwire: receiver at localhost:9020: payload fault";
  const text = 'UnpicklingError: a log record must be a dict: current value is "a\\nb"';
  assertEquals(lines, [
    `${name}, connection 1: ${text}`,
    `${name}, connection 6: ${text} (and 4 more since the last such line)`,
    `${name}s: 1 more were not shown`,
  ]);
});

test("a fault is one short line on stderr, whatever a sender put into the error", async () => {
  const errors: unknown[] = [
    new Error(`one\ntwo\x1b[31m\u2028${"x".repeat(1000)}`),
    { toString: () => fail("never shown") },
  ];
  for (const error of errors) {
    const [line, ...more] = await stderrOf(async () => {
      const { network, connect, receiver, stop } = await setting({
        onError: undefined,
        serializer: {
          dumps,
          loads: () => {
            throw error;
          },
        },
      });
      const connection = await connect();
      await connection.write(frame(new Uint8Array(1)));
      await advanceUntil(network.clock, () => receiver.stats.rejected === 1);
      await stop(connection);
    });
    assertEquals(more, []);
    assert(/^[\x20-\x7e]{1,600}$/.test(line!), line);
  }
});

test("a fault is printed when onError throws or rejects, with the error of onError", async () => {
  const hooks = [
    () => {
      throw new Error("a broken hook");
    },
    () => Promise.reject(new Error("a broken hook")) as unknown as undefined,
  ];
  for (const onError of hooks) {
    const lines = await stderrOf(async () => {
      const { network, connect, receiver, stop } = await setting({ onError });
      const connection = await connect();
      await connection.write(frame(dumps(null)));
      await advanceUntil(network.clock, () => receiver.stats.rejected === 1);
      await connection.closed;
      await stop(connection);
    });
    assert(lines[0]!.includes("payload fault, connection 1"), lines[0]);
    assert(lines[1]!.includes("a broken hook"), lines[1]);
  }
});
