/**
 * `SocketHandler` in `drop` mode against what CPython's did on the same script of time, dials and
 * writes (`tests/testdata/record_backoff.py`): every dial at the same instant, the back-off in the
 * same state after every record.
 *
 * One difference is meant: CPython loses the record whose write fails; ours sends it with the next
 * dial, or drops it when that fails.
 */
import { assert, assertEquals } from "@std/assert";
import { readFileSync } from "node:fs";
import { MemoryNetwork } from "../../src/adapters/memory.ts";
import { SocketHandler } from "../../src/handlers/socket_handler.ts";
import type { StreamConnection } from "../../src/net/connector.ts";
import { ConnectionError } from "../../src/net/connection_error.ts";
import { test } from "../test.ts";
import { account, record } from "./wire.ts";

interface Scenario {
  settings: [retryStart: number, retryFactor: number, retryMax: number];
  steps: [time: number, dial: boolean, write: boolean][];
  trace: { events: string[]; retryTime: number | null; retryPeriod: number }[];
}

const file = new URL("../testdata/backoff_traces.json", import.meta.url);
const scenarios: Scenario[] = JSON.parse(readFileSync(file, "utf8"));

/** A connection whose writes succeed as long as `works()`. */
function scripted(works: () => boolean): StreamConnection {
  let over = (_error: ConnectionError | undefined) => {};
  const closed = new Promise<ConnectionError | undefined>((resolve) => over = resolve);
  const close = () => Promise.resolve(over(undefined));
  return {
    closed,
    close,
    write: () =>
      works() ? Promise.resolve() : Promise.reject(new ConnectionError("reset", "scripted")),
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
    let dial = true;
    let write = true;
    const handler = new SocketHandler("h", 9020, {
      clock,
      onEvent: () => {},
      connector: {
        connect() {
          events.push(dial ? "dial" : "refused");
          const refused = new ConnectionError("refused", "scripted");
          return dial ? Promise.resolve(scripted(() => write)) : Promise.reject(refused);
        },
      },
    });
    [handler.retryStart, handler.retryFactor, handler.retryMax] = settings;
    for (const [index, [time, dialWorks, writeWorks]] of steps.entries()) {
      await clock.advance((time - clock.now()) * 1000);
      [dial, write, events] = [dialWorks, writeWorks, []];
      const { sent } = handler.stats;
      handler.emit(record("spam"));
      await clock.advance();
      const python = trace[index];
      const dials = python?.events.filter((event) => event === "dial" || event === "refused");
      const { retryTime, retryPeriod } = handler;
      assertEquals({ events, retryTime, retryPeriod }, {
        events: dials,
        retryTime: python?.retryTime,
        retryPeriod: python?.retryPeriod,
      });
      assertEquals(account(handler).sent > sent, python?.events.includes("sent"));
    }
    await handler.close();
  }
});
