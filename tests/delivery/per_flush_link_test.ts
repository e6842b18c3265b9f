import { assertEquals } from "@std/assert";
import type { Answer, LinkEvent, LinkFacts } from "../../src/delivery/_link.ts";
import { PerFlushLink } from "../../src/delivery/_per_flush_link.ts";
import type { WhileDisconnected } from "../../src/delivery/delivery_options.ts";
import { ConnectionError } from "../../src/net/connection_error.ts";
import { test } from "../test.ts";
import { facts } from "./link_facts.ts";

const broken = new ConnectionError("reset", "scripted");

type Event = [LinkEvent | "flush" | "flush last", Partial<LinkFacts>?];

/** A machine, and the flush that asks it. */
class Play {
  readonly link: PerFlushLink;
  #asking: { isLast: boolean } = { isLast: false };

  constructor(mode: WhileDisconnected = "queue", addresses = 1) {
    this.link = new PerFlushLink({
      whileDisconnected: mode,
      connectTimeoutMs: 1000,
      closeTimeoutMs: 5000,
      addresses,
    });
  }

  /** Another flush asks from now on. */
  begin(isLast = false): this {
    this.#asking = { isLast };
    return this;
  }

  /** Reports events, one after the other; the actions that each leads to. */
  on(...events: Event[]): string[] {
    return events.map(([event, more]) => {
      const known = facts(more);
      if (event !== "flush" && event !== "flush last") return show(this.link.on(event, known));
      const [step, answer] = this.link.flush(this.#asking, known);
      return answer.length === 0 ? step : `${show(answer)}, ${step}`;
    });
  }
}

function show(answer: Answer): string {
  return answer.map((action) => action.join(" ")).join(", ");
}

const two: Partial<LinkFacts> = { queued: 2, waiting: 2 };
const writtenTwo: Partial<LinkFacts> = { queued: 2, writing: 2, done: 2 };

test("PerFlushLink dials for a flush, writes the queued records, half-closes and awaits the end", () => {
  const play = new Play();
  assertEquals(play.link.whenQueued, "wait");
  assertEquals(
    play.on(
      ["wanted", two],
      ["flush", two],
      ["opened", two],
      ["written", { queued: 2, waiting: 1, writing: 1, done: 1 }],
      ["written", { queued: 2, writing: 1, done: 1 }],
      ["ended"],
      ["closed", { queued: 2 }],
    ),
    [
      "",
      "dial",
      "connected, write",
      "hold, write",
      "hold, halfClose",
      "",
      "part false, confirm Infinity, progress, disconnected 0",
    ],
  );
});

test("PerFlushLink carries no more than was queued when the connection opened", () => {
  const play = new Play();
  play.on(["flush", two], ["opened", two]);
  assertEquals(play.link.allowed, 2);
  assertEquals(play.on(["written", { queued: 9, waiting: 7, writing: 2, done: 2 }]), [
    "hold, halfClose",
  ]);
  assertEquals(play.link.allowed, 0);
});

test("PerFlushLink has a flush wait while another one has the connection, and takes over a dead one", () => {
  const play = new Play();
  play.on(["flush", two], ["opened", two], ["written", writtenTwo]);
  play.begin();
  // Until 5 s for the other side's end and 5 s of grace are over it may still be alive.
  assertEquals(play.on(["flush", { now: 10 }], ["flush", { now: 10.001 }], ["flush", two]), [
    "pause",
    "restore, forget, again",
    "dial",
  ]);
});

test("PerFlushLink does not take a connection for dead when the clock is set back", () => {
  const play = new Play();
  play.on(["flush", { ...two, now: 1000 }]);
  play.begin();
  assertEquals(play.on(["flush", { now: 0 }], ["flush", { now: 6 }], ["flush", { now: 6.001 }]), [
    "pause",
    "pause",
    "restore, forget, again",
  ]);
});

test("PerFlushLink stops a flush whose dial failed, and one within the back-off", () => {
  for (const mode of ["queue", "drop"] as const) {
    const play = new Play(mode);
    const drop = mode === "drop" ? "drop disconnected, " : "";
    assertEquals(play.on(["flush"], ["failed", { error: broken }], ["flush"]), [
      "dial",
      `outage false, ${drop}failed`,
      "stop",
    ]);
    play.begin();
    assertEquals(play.on(["flush", { now: 0.9 }]), [`${drop}stop`]);
    play.begin();
    assertEquals(play.on(["flush", { now: 1 }]), ["dial"]);
  }
});

test("PerFlushLink dials on in the same flush until each address has failed", () => {
  for (const mode of ["queue", "drop"] as const) {
    const play = new Play(mode, 2);
    const drop = mode === "drop" ? "drop disconnected, " : "";
    assertEquals(play.on(["flush"], ["failed"], ["flush"], ["failed"], ["flush"]), [
      "dial",
      "failed",
      "dial",
      `outage false, ${drop}failed`,
      "stop",
    ]);
  }
});

test("PerFlushLink dials once for the last flush, whatever the back-off", () => {
  const play = new Play();
  play.on(["flush"], ["failed"]);
  play.begin(true);
  assertEquals(play.on(["flush last"], ["failed"], ["flush last"]), [
    "dial",
    "outage false, failed",
    "stop",
  ]);
});

test("PerFlushLink sends the records of a broken connection again once, and then counts them as sent", () => {
  const play = new Play();
  const round: Event[] = [
    ["flush", two],
    ["opened", two],
    ["written", writtenTwo],
    ["closed", { queued: 2, error: broken }],
  ];
  assertEquals(play.on(...round)[3], "restore, part true, disconnected 0");
  assertEquals(play.on(...round)[3], "confirm Infinity, restore, part true, disconnected 0");
});

test("PerFlushLink has records go again where the other side ends before it was asked to", () => {
  const play = new Play();
  play.on(["flush", two], ["opened", two]);
  assertEquals(play.on(["ended", { writing: 2 }], ["written", writtenTwo]), [
    "",
    "hold, restore, part true, disconnected 0",
  ]);
});

test("PerFlushLink backs off where twice in a row nothing is taken, and drops the third such record", () => {
  const play = new Play();
  const cut = (now: number): Event[] => [
    ["flush", { ...two, now }],
    ["opened", { ...two, now }],
    ["ended", { queued: 2, writing: 1, error: broken, now }],
  ];
  const cuts: string[] = [];
  for (let now = 0; cuts.length < 5; now = play.link.backoff.retryTime ?? now) {
    play.begin();
    cuts.push(play.on(...cut(now))[2]!);
  }
  const sent = "settle, confirm Infinity, restore, part true, outage false";
  assertEquals(cuts, [
    "restore, part true, disconnected 0",
    `${sent}, disconnected 0`,
    `${sent}, disconnected 0`,
    `${sent}, disconnected 0`,
    `${sent}, discard 1 true, disconnected 0`,
  ]);
});

test("PerFlushLink gives a connection up with its flush, and written records count as sent", () => {
  const play = new Play();
  play.on(["flush", two]);
  assertEquals(play.on(["cut"]), ["confirm Infinity, restore, part true"], "no failure");
  play.begin();
  play.on(["flush", two], ["opened", two]);
  assertEquals(play.on(["cut", { writing: 2, done: 1 }], ["cut"]), [
    "settle, confirm Infinity, restore, part true",
    "",
  ]);
});

test("PerFlushLink awaits every acknowledgement before it half-closes, and has the rest go again", () => {
  const writer = { acknowledges: true };
  const play = new Play();
  const begin: Event[] = [
    ["flush", two],
    ["opened", { ...two, writer }],
    ["written", { ...two, writer, waiting: 1, writing: 1, done: 1, unacknowledged: 1 }],
    ["written", { ...two, writer, waiting: 0, writing: 1, done: 1, unacknowledged: 2 }],
  ];
  assertEquals(play.on(...begin).slice(1), ["connected, write", "write", "watch"]);
  assertEquals(
    play.on(
      ["settled", { queued: 1, writer, unacknowledged: 1 }],
      ["settled", { writer }],
      ["closed", { writer }],
    ),
    [
      "progress, watch",
      "progress, halfClose",
      "part false, confirm Infinity, progress, disconnected 0",
    ],
  );
  play.begin();
  play.on(...begin);
  const lost: Event = ["ended", { queued: 2, writer, unacknowledged: 2, error: broken }];
  assertEquals(play.on(lost), ["restore, part true, disconnected 0"]);
  play.on(...begin);
  assertEquals(play.on(lost), [
    "confirm Infinity, restore, part true, outage false, disconnected 0",
  ]);
});

test("PerFlushLink gives up the connection for close(), and written records count as sent", () => {
  const play = new Play();
  play.on(["flush", two], ["opened", two], ["written", writtenTwo]);
  assertEquals(play.on(["close"], ["closed"]), [
    "confirm Infinity, restore, part true",
    "confirm Infinity",
  ]);
});

test("PerFlushLink flushes when the event loop is empty, and drops the rest at the end of the process", () => {
  const play = new Play();
  assertEquals(
    play.on(
      ["loopEmpty"],
      ["loopEmpty", { queued: 1 }],
      ["loopEmptyAgain", { queued: 1 }],
      ["mayExit"],
      ["exit"],
    ),
    ["", "flush", "", "mayEnd", "writeLast, end"],
  );
});
