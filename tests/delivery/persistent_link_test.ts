import { assert, assertEquals } from "@std/assert";
import type { Answer, LinkEvent, LinkFacts } from "../../src/delivery/_link.ts";
import {
  accepts,
  type LinkState,
  PersistentLink,
  type Step,
  transition,
} from "../../src/delivery/_persistent_link.ts";
import type { WhileDisconnected } from "../../src/delivery/delivery_options.ts";
import { ConnectionError } from "../../src/net/connection_error.ts";
import { test } from "../test.ts";
import { facts, plain } from "./link_facts.ts";

const states: LinkState[] = ["idle", "connecting", "open", "waiting", "closed"];
const steps: Step[] = ["wanted", "opened", "failed", "lost", "flapped", "due", "close"];

function table(mode: WhileDisconnected): string[] {
  return states.flatMap((state) =>
    steps.flatMap((step) => {
      const next = transition(mode, state, step);
      if (next === undefined) return [];
      return [
        `${state} ${step} -> ${[next.state, ...next.actions.map(([name]) => name)].join(" ")}`,
      ];
    })
  );
}

test("transition() in drop mode is this table and no more", () => {
  assertEquals(table("drop"), [
    "idle wanted -> connecting dial",
    "idle close -> closed release",
    "connecting opened -> open write",
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
    "connecting failed -> waiting retry",
    "open flapped -> waiting retry",
    "waiting due -> connecting dial",
  ]);
});

test("transition() leads nowhere from closed, and everywhere to closed", () => {
  for (const mode of ["drop", "queue"] as const) {
    assert(steps.every((step) => transition(mode, "closed", step) === undefined));
    for (const state of states.slice(0, 4)) {
      assertEquals(transition(mode, state, "close")?.state, "closed");
    }
  }
});

test("accepts() holds records during a dial, and in queue mode always but after close", () => {
  assertEquals(states.filter((state) => accepts("drop", state)), ["connecting", "open"]);
  assertEquals(states.filter((state) => accepts("queue", state)), states.slice(0, 4));
});

type Event = [LinkEvent, Partial<LinkFacts>?];

/** Reports events, one after the other; the actions that each leads to. */
function play(link: PersistentLink, events: Event[]): string[] {
  return events.map(([event, more]) => show(link.on(event, facts(more))));
}

function show(answer: Answer): string {
  return answer.map((action) => action.join(" ")).join(", ");
}

function linkOf(mode: WhileDisconnected, isOpen = false, addresses = 1): PersistentLink {
  const link = new PersistentLink({
    whileDisconnected: mode,
    writeTimeoutMs: 30_000,
    addresses,
  });
  if (isOpen) play(link, [["wanted"], ["opened"], ["tick", { now: 1 }]]);
  return link;
}

const broken = new ConnectionError("reset", "scripted");

test("PersistentLink dials on at once until each address has failed, without an outage", () => {
  for (const mode of ["drop", "queue"] as const) {
    const link = linkOf(mode, false, 2);
    const wait = mode === "drop" ? "drop disconnected" : "retry";
    const failed: Event = ["failed", { error: broken, queued: 1 }];
    assertEquals(play(link, [["wanted", { queued: 1 }], failed, failed]), [
      "dial",
      "failed, dial",
      `outage false, ${wait}, failed, wake false`,
    ]);
  }
});

test("PersistentLink dials the next address at once behind a young connection that carried records", () => {
  const link = linkOf("queue", false, 2);
  const carried = { queued: 2, writing: 2, done: 2 };
  const ended: Event = ["ended", { queued: 2, now: 0.5 }];
  assertEquals(
    play(link, [["wanted"], ["opened"], ["written", carried], ended]).at(-1),
    [
      "part false, restore, dial, disconnected 2, wake false",
    ].join(),
  );
  assertEquals(
    play(link, [["opened", { now: 0.5 }], ended]).at(-1),
    [
      "part false, restore, outage true, retry, disconnected 0, wake false",
    ].join(),
  );
});

test("PersistentLink in drop mode dials from a record, and drops inside the back-off", () => {
  const link = linkOf("drop");
  assertEquals(link.refusal(0, true), undefined);
  assertEquals(play(link, [["wanted", { queued: 1 }], ["wanted"], ["failed", { error: broken }]]), [
    "dial",
    "",
    "outage false, drop disconnected, failed, wake false",
  ]);
  assertEquals([link.refusal(0.9, true), link.refusal(1, true)], ["disconnected", undefined]);
  assertEquals(link.refusal(1, false), "disconnected", "a record that may not dial");
  assertEquals(play(link, [["wanted", { now: 0.9 }], ["wanted", { now: 1 }]]), ["", "dial"]);
});

test("PersistentLink in queue mode dials again from a timer, where records are queued", () => {
  const link = linkOf("queue");
  assertEquals(link.refusal(0, false), undefined);
  assertEquals(
    play(link, [["wanted", { queued: 1 }], ["failed"], ["due"], ["due", { queued: 1, now: 1 }]]),
    ["dial", "outage false, retry, failed, wake false", "", "dial"],
  );
});

test("PersistentLink redials at once after a loss with records queued, in queue mode or for a flush", () => {
  const lost: Event = ["ended", { queued: 1, now: 10 }];
  const flushed: Event = ["ended", { queued: 1, flushing: 1, now: 10 }];
  const over = "settle, part false, disconnected 0, wake false";
  assertEquals(play(linkOf("queue", true), [lost]), [`${over}, dial`]);
  assertEquals(play(linkOf("drop", true), [lost]), [over]);
  assertEquals(play(linkOf("drop", true), [flushed]), [`${over}, dial`]);
});

test("PersistentLink in queue mode backs off behind a stream on which a write made no progress", () => {
  const stuck = new ConnectionError("timeout", "scripted");
  const ended: Event = ["ended", { writing: 2, queued: 2, now: 40, error: stuck }];
  const over = "settle, part true";
  const rest = "disconnected 0, wake false";
  assertEquals(play(linkOf("queue", true), [ended, ["due", { queued: 2, now: 41 }]]), [
    `${over}, retry, ${rest}`,
    "dial",
  ]);
  assertEquals(play(linkOf("drop", true), [ended]), [`${over}, ${rest}`]);
});

test("PersistentLink begins no flush at an empty event loop where the last write made no progress", () => {
  const stuck = new ConnectionError("timeout", "scripted");
  const ended: Event = ["ended", { writing: 2, queued: 2, now: 40, error: stuck }];
  const empty: Event = ["loopEmpty", { waiting: 2 }];
  const link = linkOf("queue", true);
  assertEquals(play(link, [ended, empty, ["due", { queued: 2, now: 41 }]]).at(1), "");
  assertEquals(play(link, [["failed", { now: 42, error: broken }], empty]).at(1), "flush");
});

test("PersistentLink awaits a pending write whose other side has ended, for as long as it may", () => {
  const ended: Event = ["ended", { writing: 2, queued: 2, now: 10 }];
  const link = linkOf("drop", true);
  assertEquals(play(link, [ended]), ["grace"]);
  assertEquals(link.allowed, 0, "nothing more is written");
  assertEquals(play(link, [["written", { writing: 2, done: 2, queued: 2, now: 10 }]]), [
    "settle, progress, settle, part false, disconnected 0, wake false",
  ]);
  const late = linkOf("drop", true);
  assertEquals(play(late, [ended, ["late", { writing: 2, done: 1, queued: 2, now: 15 }]]), [
    "grace",
    "settle, part true, disconnected 0, wake false",
  ]);
});

test("PersistentLink counts a connection that proves nothing before it breaks as a failed dial", () => {
  const http = { acknowledges: true, isConnectionless: true, isUnproven: true };
  const link = linkOf("queue");
  assertEquals(
    play(link, [
      ["wanted", { queued: 1 }],
      ["opened", { writer: http }],
      ["ended", { writer: http, queued: 1, writing: 1, error: broken }],
    ]),
    ["dial", "write", "restore, part true, outage false, retry, failed, wake false"],
  );
  assertEquals(link.backoff.retryTime, 1);
});

test("PersistentLink waits as long as the other side asks, behind a connection that was proven", () => {
  const http = { acknowledges: true, isConnectionless: true, isUnproven: true };
  const link = linkOf("queue");
  const events: Event[] = [
    ["wanted", { queued: 1 }],
    ["opened", { writer: http }],
    ["settled", { writer: http }],
    ["ended", { writer: { ...http, holdSeconds: 120 }, queued: 1, writing: 1, error: broken }],
  ];
  assertEquals(play(link, events)[2], "connected, progress, watch");
  assertEquals([link.backoff.retryTime, link.refusal(0, false)], [120, undefined]);
});

test("PersistentLink backs off where sockets without connections fail twice in a row at once", () => {
  const udp = { acknowledges: false, isConnectionless: true };
  const link = linkOf("queue");
  const round: Event[] = [
    ["opened", { writer: udp }],
    ["ended", { writer: udp, queued: 1, writing: 1, error: broken }],
  ];
  assertEquals(play(link, [["wanted", { queued: 1 }], ...round, ...round]), [
    "dial",
    "connected, write",
    "settle, part true, disconnected 0, wake false, dial",
    "connected, write",
    "settle, part true, outage false, retry, disconnected 0, wake false",
  ]);
});

test("PersistentLink sends unacknowledged records again, and bounds the wait for each acknowledgement", () => {
  const writer = { acknowledges: true };
  const link = linkOf("queue");
  assertEquals(
    play(link, [
      ["wanted", { queued: 3 }],
      ["opened", { writer }],
      ["written", { writer, writing: 1, unacknowledged: 1 }],
      ["written", { writer, writing: 1, unacknowledged: 2 }],
      ["settled", { writer, unacknowledged: 1 }],
      ["ended", { writer, now: 9, queued: 2, unacknowledged: 1, error: broken }],
    ]),
    [
      "dial",
      "connected, write",
      "watch, write",
      "watch, write",
      "progress, watch",
      "restore, part true, disconnected 0, wake false, dial",
    ],
  );
});

test("PersistentLink dials once more for the last flush, whatever the back-off, and then ends all flushes", () => {
  const link = linkOf("queue");
  assertEquals(
    play(link, [
      ["wanted", { queued: 1 }],
      ["failed"],
      ["lastFlush", { queued: 1 }],
      ["failed"],
      ["lastFlushOver"],
      ["lastFlush"],
    ]),
    [
      "dial",
      "outage false, retry, failed, wake false",
      "dial",
      "outage false, retry, failed, wake true",
      "",
      "",
    ],
  );
});

test("PersistentLink confirms or drops the records of a connection that close() has ended", () => {
  const link = linkOf("queue", true);
  assertEquals(play(link, [["close"], ["closed"]]), ["settle, release", "confirm Infinity"]);
  assertEquals(play(link, [["closed", { error: broken }], ["close"], ["wanted", { queued: 1 }]]), [
    "restore, drop closed",
    "settle",
    "",
  ]);
});

test("PersistentLink flushes when the event loop is empty and records are not written, and else rests", () => {
  assertEquals(
    play(linkOf("queue"), [
      ["loopEmpty", { queued: 1 }],
      ["loopEmpty", { waiting: 1 }],
      ["loopEmpty", { unacknowledged: 1 }],
      ["loopEmptyAgain", { waiting: 1 }],
    ]),
    ["", "flush", "flush", "rest"],
  );
});

test("PersistentLink writes without waiting when the process ends, and after each record then", () => {
  const link = linkOf("queue", true);
  assertEquals(play(link, [["exit", { writing: 1 }], ["exit"]]), [
    "confirm Infinity, writeLast, settle, release, end",
    "confirm Infinity, writeLast, end",
  ]);
});

test("PersistentLink writes behind a pending write before an end that may not come, if that is small", () => {
  const writer = { acknowledges: false, writeSync: () => 0 };
  const may = (more: Partial<LinkFacts>) =>
    play(linkOf("queue", true), [["mayExit", { writer, ...more }]])[0];
  assertEquals(may({}), "writeLast, mayEnd");
  assertEquals(may({ writing: 1, bytes: 512 * 1024 }), "writeLast, mayEnd");
  assertEquals(may({ writing: 1, bytes: 512 * 1024 + 1 }), "mayEnd");
  assertEquals(may({ writer: plain }), "mayEnd");
});

/** So many steps make a stream old. */
const YOUNG_STEPS = 10;

/** Plays streams that the probation of a link decides upon. */
class Streams {
  readonly link: PersistentLink;
  tickMs: number | undefined;
  #now = 0;

  constructor(mode: WhileDisconnected) {
    this.link = new PersistentLink({ whileDisconnected: mode, writeTimeoutMs: 30_000 });
  }

  on(event: LinkEvent, more: Partial<LinkFacts> = {}): Answer {
    this.#now = Math.max(this.#now, this.link.backoff.retryTime ?? 0);
    const answer = this.link.on(event, facts({ now: this.#now, queued: 1e6, ...more }));
    const tick = answer.find(([name]) => name === "tick");
    this.tickMs = tick?.[0] === "tick" ? tick[1] : undefined;
    return answer;
  }

  get allowed(): number {
    return this.link.allowed;
  }

  /** Says whether a young stream has ended, so that no backlog is written blindly. */
  get isSuspected(): boolean {
    const writer = { acknowledges: false, writeSync: () => 0 };
    return this.link.on("mayExit", facts({ writer })).length === 1;
  }

  opened(): void {
    this.on("wanted");
    this.on("opened");
  }

  /** Writes as much of `queued` as is allowed, in one batch; the number written. */
  write(queued: number): number {
    const writing = Math.min(this.allowed, queued);
    const { tickMs } = this;
    if (writing > 0) this.on("written", { writing, done: writing });
    this.tickMs = tickMs;
    return writing;
  }

  /** A step has passed; how many records count as sent. */
  tick(): number {
    const confirm = this.on("tick").find(([name]) => name === "confirm");
    return confirm?.[0] === "confirm" ? confirm[1] : 0;
  }

  ended(byServer: boolean, writing = 0) {
    const error = byServer ? undefined : new ConnectionError("timeout", "scripted");
    const answer = this.on("ended", { error, writing });
    const end = { again: 0, dropped: 0, isPoison: false, backsOff: false };
    for (const action of answer) {
      if (action[0] === "discard") [, end.dropped, end.isPoison] = action;
      if (action[0] === "disconnected") end.again = action[1] - end.dropped;
      if (action[0] === "retry" || action[0] === "drop") end.backsOff = true;
    }
    return end;
  }
}

test("PersistentLink writes to a first stream at once, and confirms its records after a second", () => {
  const streams = new Streams("queue");
  streams.opened();
  assertEquals([streams.tickMs, streams.allowed], [1000, Infinity]);
  streams.write(5);
  streams.write(3);
  assertEquals(streams.tick(), 8, "they are sent");
  assertEquals(streams.tickMs, undefined);
});

test("PersistentLink sends the records of a young stream again, and probes the next stream", () => {
  const streams = new Streams("queue");
  streams.opened();
  streams.write(5);
  assertEquals(streams.ended(true), { again: 5, dropped: 0, isPoison: false, backsOff: true });
  streams.opened();
  assertEquals([streams.tickMs, streams.allowed], [100, 0], "it stands unwritten first");
  const written: number[] = [];
  for (let step = 0; step < 5; step++) {
    assertEquals(streams.tick(), 0);
    written.push(streams.write(100));
  }
  assertEquals(written, [1, 1, 0, 0, 0], "the head alone, and half of what the last one carried");
});

test("PersistentLink doubles the records of a probed stream each step, and frees one that has stood", () => {
  const streams = new Streams("queue");
  streams.opened();
  streams.ended(true);
  streams.opened();
  const written: number[] = [];
  for (let step = 0; step < YOUNG_STEPS - 1; step++) {
    streams.tick();
    written.push(streams.write(10_000));
  }
  assertEquals(written, [1, 2, 4, 8, 16, 32, 64, 128, 256]);
  assertEquals(streams.tick(), 511, "a second old: everything is sent");
  assertEquals([streams.tickMs, streams.isSuspected, streams.allowed], [
    undefined,
    false,
    Infinity,
  ]);
});

test("PersistentLink blames no record for streams that end unwritten", () => {
  const streams = new Streams("queue");
  for (let stream = 0; stream < 50; stream++) {
    streams.opened();
    const end = streams.ended(true);
    assertEquals([end.again, end.dropped, end.isPoison, end.backsOff], [0, 0, false, true]);
  }
});

/** Opens a stream, lets it stand until the head is written, and has the server end it. */
function endUponHead(streams: Streams): { stood: number; isPoison: boolean } {
  streams.opened();
  let stood = 0;
  for (; streams.write(1) === 0; stood++) streams.tick();
  return { stood, isPoison: streams.ended(true).isPoison };
}

test("PersistentLink blames no record for a stream that had not stood", () => {
  const streams = new Streams("queue");
  streams.opened();
  streams.write(1);
  assertEquals(streams.ended(true).isPoison, false);
  assertEquals([endUponHead(streams), endUponHead(streams), endUponHead(streams)], [
    { stood: 1, isPoison: false },
    { stood: 2, isPoison: false },
    { stood: 3, isPoison: true },
  ]);
});

test("PersistentLink in drop mode, which blames no record, has each stream stand for one step", () => {
  const streams = new Streams("drop");
  streams.opened();
  streams.ended(true);
  for (let stream = 0; stream < 10; stream++) {
    assertEquals(endUponHead(streams), { stood: 1, isPoison: false });
  }
});

test("PersistentLink blames no record for streams that all end at the same age", () => {
  for (let lifeSteps = 1; lifeSteps < YOUNG_STEPS; lifeSteps++) {
    const streams = new Streams("queue");
    for (let stream = 0; stream < 50; stream++) {
      streams.opened();
      for (let step = 0; step < lifeSteps; step++) {
        streams.tick();
        streams.write(100);
      }
      assertEquals(streams.ended(true).isPoison, false, `${lifeSteps} steps`);
    }
  }
});

test("PersistentLink blames no record for streams on which the server stops taking bytes", () => {
  const streams = new Streams("queue");
  streams.opened();
  streams.ended(true);
  for (let stream = 0; stream < 10; stream++) {
    streams.opened();
    streams.tick();
    assertEquals(streams.ended(false, 1).isPoison, false);
  }
});

/** Streams and dials until a server that hangs up on record number `poison` has all the others. */
function findPoison(records: number, poison: number, delaySteps: number) {
  const played = new Streams("queue");
  const queue = Array.from({ length: records }, (_, number) => number);
  const refused: number[] = [];
  let streams = 0;
  let steps = 0;
  while (queue.length > 0) {
    assert(++streams < 100, "the search ends");
    played.opened();
    let carried = 0;
    let fatal = Infinity;
    for (;;) {
      const isOn = played.tickMs !== undefined;
      const size = played.write(queue.length - carried);
      if (queue.slice(carried, carried + size).includes(poison)) fatal = steps + delaySteps;
      carried += size;
      if (!isOn) queue.splice(0, size);
      const next = steps + (played.tickMs ?? 100) / 100;
      if (next > fatal) {
        assert(isOn, "the stream is watched as long as it may end upon a record");
        const end = played.ended(true);
        if (end.isPoison) refused.push(...queue.splice(0, end.dropped));
        break;
      }
      if (queue.length === 0) break;
      steps = next;
      const sent = played.tick();
      queue.splice(0, sent);
      carried -= sent;
    }
  }
  return { refused, streams, steps };
}

test("PersistentLink finds the one record that a server hangs up on, wherever it is", () => {
  for (const delaySteps of [0, 1, 4]) {
    for (
      const [records, poison] of [[1, 0], [2, 0], [2, 1], [1001, 0], [1001, 500], [1001, 1000]]
    ) {
      const found = findPoison(records!, poison!, delaySteps);
      assertEquals(found.refused, [poison], `${poison} of ${records}`);
      assert(found.streams < 30, `${found.streams} streams`);
    }
  }
});

test("PersistentLink in drop mode lets a record go again once", () => {
  const streams = new Streams("drop");
  streams.opened();
  streams.write(3);
  assertEquals(streams.ended(true), { again: 3, dropped: 0, isPoison: false, backsOff: false });
  streams.opened();
  streams.tick();
  streams.write(1);
  assertEquals(streams.ended(true), { again: 0, dropped: 1, isPoison: false, backsOff: false });
  streams.opened();
  assertEquals(streams.ended(true), { again: 0, dropped: 0, isPoison: false, backsOff: true });
});

test("PersistentLink in drop mode remembers resent records where this side closes a stream", () => {
  const streams = new Streams("drop");
  streams.opened();
  streams.write(3);
  streams.ended(true);
  streams.opened();
  streams.on("disconnect");
  streams.opened();
  assertEquals([streams.isSuspected, streams.allowed], [true, 0]);
  streams.tick();
  streams.write(1);
  assertEquals(streams.ended(true).dropped, 1);
});

test("PersistentLink probes the next stream where two old ones ended in the middle of one record", () => {
  const streams = new Streams("queue");
  for (let stream = 0; stream < 2; stream++) {
    streams.opened();
    streams.tick();
    streams.ended(false, 1);
  }
  streams.opened();
  assertEquals([streams.isSuspected, streams.allowed], [true, 0]);
});

test("PersistentLink confirms the oldest held record for room, unless the last stream ended young", () => {
  const streams = new Streams("queue");
  streams.opened();
  assertEquals(streams.link.yields(), false, "nothing is held");
  streams.write(2);
  assertEquals([streams.link.yields(), streams.link.yields(), streams.link.yields()], [
    true,
    true,
    false,
  ]);
  streams.write(2);
  streams.ended(true);
  streams.opened();
  streams.tick();
  streams.write(1);
  assertEquals(streams.link.yields(), false);
});
