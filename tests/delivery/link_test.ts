import { assert, assertEquals } from "@std/assert";
import {
  accepts,
  type LinkEvent,
  type LinkState,
  transition,
  type WhileDisconnected,
} from "../../src/delivery/link.ts";
import { test } from "../test.ts";

const states: LinkState[] = ["idle", "connecting", "open", "waiting", "closed"];
const events: LinkEvent[] = [
  "wanted",
  "connected",
  "failed",
  "lost",
  "flapped",
  "due",
  "close",
];

function table(mode: WhileDisconnected): string[] {
  return states.flatMap((state) =>
    events.flatMap((event) => {
      const next = transition(mode, state, event);
      if (next === undefined) return [];
      return [`${state} ${event} -> ${[next.state, ...next.actions].join(" ")}`];
    })
  );
}

test("transition() in drop mode is this table and no more", () => {
  assertEquals(table("drop"), [
    "idle wanted -> connecting dial",
    "idle close -> closed release",
    "connecting connected -> open write",
    "connecting failed -> waiting drop",
    "connecting close -> closed release",
    "open lost -> idle",
    "open flapped -> waiting drop",
    "open close -> closed release",
    "waiting wanted -> connecting dial",
    "waiting close -> closed release",
  ]);
});

test("transition() in queue mode keeps records and dials from a timer", () => {
  assertEquals(table("queue").filter((row) => !table("drop").includes(row)), [
    "connecting failed -> waiting arm",
    "open flapped -> waiting arm",
    "waiting due -> connecting dial",
  ]);
});

test("transition() leads nowhere from closed, and everywhere to closed", () => {
  for (const mode of ["drop", "queue"] as const) {
    assert(events.every((event) => transition(mode, "closed", event) === undefined));
    for (const state of states.slice(0, 4)) {
      assertEquals(transition(mode, state, "close")?.state, "closed");
    }
  }
});

test("accepts() holds records during a dial, and in queue mode always but after close", () => {
  assertEquals(states.filter((state) => accepts("drop", state)), ["connecting", "open"]);
  assertEquals(states.filter((state) => accepts("queue", state)), states.slice(0, 4));
});
