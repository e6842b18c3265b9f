/**
 * `SocketHandler` in `drop` mode against what CPython's did on the same script of time, dials and
 * writes (`tests/testdata/record_backoff.py`): every dial at the same instant, the back-off in the
 * same state after every record.
 *
 * Two differences are meant. CPython loses the record whose write fails; ours sends it with the next
 * dial, or drops it when that fails. And behind a connection that ended within its first second ours
 * lets the next one stand for 100 ms before it writes one record, and for 100 ms more before the rest.
 */
import { assert, assertEquals } from "@std/assert";
import { readFileSync } from "node:fs";
import { MemoryNetwork } from "../../src/testing/memory.ts";
import { SocketHandler } from "../../src/handlers/socket_handler.ts";
import type { StreamConnection } from "../../src/net/connector.ts";
import { ConnectionError } from "../../src/net/connection_error.ts";
import { test } from "../test.ts";
import { account, messages, record } from "../handlers/wire.ts";

interface Scenario {
  settings: [retryStart: number, retryFactor: number, retryMax: number];
  steps: [time: number, dial: boolean, write: boolean][];
  trace: { events: string[]; retryTime: number | null; retryPeriod: number }[];
}

const file = new URL("../testdata/backoff_traces.json", import.meta.url);
const scenarios: Scenario[] = JSON.parse(readFileSync(file, "utf8"));

/** Time enough for the records of a connection that must stand first. */
const STANDING_MS = 250;

/** A connection whose writes succeed as long as `works()`, and are then `taken`. */
function scripted(works: () => boolean, taken: (bytes: Uint8Array) => void): StreamConnection {
  let over = (_error: ConnectionError | undefined) => {};
  const closed = new Promise<ConnectionError | undefined>((resolve) => over = resolve);
  const close = () => Promise.resolve(over(undefined));
  return {
    closed,
    close,
    // deno-lint-ignore require-await -- a failure must reject, not throw
    async write(bytes) {
      if (!works()) throw new ConnectionError("reset", "scripted");
      taken(bytes);
    },
    [Symbol.asyncDispose]: close,
    // deno-lint-ignore require-yield -- nothing ever arrives
    async *[Symbol.asyncIterator]() {
      await closed;
    },
  };
}

test("SocketHandler backs off as CPython, event for event, in every recorded scenario", async () => {
  assert(scenarios.length > 50);
  for (const { settings, steps, trace } of scenarios) {
    const { clock } = new MemoryNetwork();
    let events: string[] = [];
    const taken: string[] = [];
    let dial = true;
    let write = true;
    const handler = new SocketHandler("h", 9020, {
      clock,
      onEvent: () => {},
      connector: {
        connect() {
          events.push(dial ? "dial" : "refused");
          const refused = new ConnectionError("refused", "scripted");
          const take = (bytes: Uint8Array) => void taken.push(...messages(bytes));
          return dial ? Promise.resolve(scripted(() => write, take)) : Promise.reject(refused);
        },
      },
    });
    [handler.retryStart, handler.retryFactor, handler.retryMax] = settings;
    for (const [index, [time, dialWorks, writeWorks]] of steps.entries()) {
      await clock.advance((time - clock.now()) * 1000);
      [dial, write, events] = [dialWorks, writeWorks, []];
      handler.emit(record(`spam ${index}`));
      await clock.advance(STANDING_MS);
      account(handler);
      const python = trace[index];
      const dials = python?.events.filter((event) => event === "dial" || event === "refused");
      const { retryTime, retryPeriod } = handler;
      assertEquals({ events, retryTime, retryPeriod }, {
        events: dials,
        retryTime: python?.retryTime,
        retryPeriod: python?.retryPeriod,
      });
      assertEquals(taken.includes(`spam ${index}`), python?.events.includes("sent"));
    }
    const closed = handler.close();
    await clock.advance(5000);
    await closed;
  }
});
