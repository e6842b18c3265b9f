import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { FrameError } from "../../src/wire/framing.ts";
import { RelpClient, type RelpEvent } from "../../src/wire/relp_client.ts";
import { MAX_TXNR, relpFrame } from "../../src/wire/_relp_frame.ts";
import { Dice } from "../delivery/scripted_faults.ts";
import { test } from "../test.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array) => new TextDecoder().decode(data);

function events(client: RelpClient, answer: string): RelpEvent[] {
  client.push(bytes(answer));
  const found: RelpEvent[] = [];
  for (let event = client.nextEvent(); event; event = client.nextEvent()) found.push(event);
  return found;
}

/** The frame of a message that is sent. */
function send(client: RelpClient, message: string): string {
  const payload = bytes(message);
  const out = new Uint8Array(client.mostBytes(payload.length));
  return text(out.subarray(0, client.write(payload, out, 0)));
}

/** A client whose session is open. */
function opened(window?: number, firstTxnr?: number): RelpClient {
  const client = new RelpClient(window, firstTxnr);
  client.open();
  assertEquals(events(client, `${firstTxnr ?? 1} rsp 6 200 OK\n`), [{ type: "opened" }]);
  return client;
}

test("RelpClient opens, sends and closes as librelp does", () => {
  const client = new RelpClient();
  assertEquals(
    text(client.open()),
    "1 open 52 relp_version=0\nrelp_software=logwire\ncommands=syslog\n",
  );
  const answer = "200 OK\nrelp_version=0\nrelp_software=librelp,1.11.0\ncommands=syslog";
  assertEquals(events(client, `1 rsp ${answer.length} ${answer}\n`), [{ type: "opened" }]);
  assertEquals(send(client, "two\nlines"), "2 syslog 9 two\nlines\n");
  assertEquals(events(client, "2 rsp 6 200 OK\n"), [
    { type: "answered", ordinal: 2, refusal: undefined },
  ]);
  assertEquals(text(client.close()), "3 close 0\n");
  assertEquals(events(client, "3 rsp 0\n0 serverclose 0\n"), [{ type: "closed" }, {
    type: "closed",
  }]);
});

test("RelpClient says why a server refuses the session or a message", () => {
  const refused = new RelpClient();
  refused.open();
  assertEquals(events(refused, "1 rsp 13 500 no thanks\n"), [
    { type: "refused", refusal: "500 no thanks" },
  ]);
  const other = new RelpClient();
  other.open();
  assertEquals(events(other, "1 rsp 20 200 OK\ncommands=spam\n"), [
    { type: "refused", refusal: "it does not offer the command syslog" },
  ]);
  const client = opened();
  for (let i = 0; i < 3; i++) send(client, "x");
  assertEquals(events(client, "2 rsp 8 500 long\n3 rsp 3 200\n4 rsp 3 500\n"), [
    { type: "answered", ordinal: 2, refusal: "500 long" },
    { type: "answered", ordinal: 3, refusal: undefined },
    { type: "answered", ordinal: 4, refusal: "500" },
  ]);
});

test("RelpClient has room for a window of transactions, whose answers come in any order", () => {
  const client = opened(4);
  assertEquals(client.room, 4);
  for (let i = 0; i < 4; i++) send(client, "x");
  assertEquals([client.room, client.waiting], [0, 4]);
  // The window begins at the oldest one without an answer.
  assertEquals(events(client, "3 rsp 3 200\n5 rsp 3 200\n").length, 2);
  assertEquals([client.room, client.waiting], [0, 4]);
  events(client, "2 rsp 3 200\n");
  assertEquals([client.room, client.waiting], [2, 2]);
  events(client, "4 rsp 3 200\n");
  assertEquals([client.room, client.waiting], [4, 0]);
});

test("RelpClient counts on from 1 behind transaction 999,999,999", () => {
  const client = opened(8, MAX_TXNR - 1);
  assertEquals(send(client, "a"), `${MAX_TXNR} syslog 1 a\n`);
  assertEquals(send(client, "b"), "1 syslog 1 b\n");
  assertEquals(send(client, "c"), "2 syslog 1 c\n");
  const answers = events(client, `1 rsp 3 200\n${MAX_TXNR} rsp 3 200\n2 rsp 3 200\n`);
  assertEquals(answers.map((event) => event.type === "answered" && event.ordinal), [3, 2, 4]);
  assertEquals(client.waiting, 0);
});

test("RelpClient refuses an answer to what was not sent, or was answered before", () => {
  for (const answer of ["0 rsp 3 200\n", "1 rsp 3 200\n", "4 rsp 3 200\n", "999999999 rsp 0\n"]) {
    const client = opened();
    send(client, "a");
    send(client, "b");
    assertThrows(() => events(client, answer), FrameError, "not sent, or was answered before");
  }
  for (const twice of [2, 3]) {
    const client = opened();
    send(client, "a");
    send(client, "b");
    events(client, `${twice} rsp 3 200\n`);
    assertThrows(() => events(client, `${twice} rsp 3 200\n`), FrameError, "answered before");
  }
});

test("RelpClient refuses an answer without a code, and commands that are a sender's", () => {
  const cases = [["2 rsp 0\n", "code"], ["2 rsp 2 OK\n", "code"], ["2 rsp 7 200 OK", ""]] as const;
  for (const [answer, message] of cases) {
    const client = opened();
    send(client, "a");
    if (message === "") assertEquals(events(client, answer), []);
    else assertThrows(() => events(client, answer), FrameError, message);
  }
  assertThrows(() => events(opened(), "2 syslog 1 a\n"), FrameError, 'the command "syslog"');
});

test("RelpClient survives random answers: each transaction is answered once, or it throws", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const dice = new Dice(seed);
    const first = dice.pick(1, MAX_TXNR - dice.roll(40));
    const window = 1 + dice.roll(20);
    const client = opened(window, first);
    const waiting = new Set<number>();
    const txnrOf = (ordinal: number) => (first - 2 + ordinal) % MAX_TXNR + 1;
    for (let step = 0; step < 200; step++) {
      while (client.room > 0 && !dice.once(4)) {
        waiting.add(client.next);
        assert(send(client, "x").startsWith(`${txnrOf(client.next - 1)} syslog`));
      }
      assert(client.waiting <= window, `seed ${seed}`);
      const ordinals = [...waiting];
      if (dice.once(50)) {
        const bad = dice.pick(client.next, client.next + dice.roll(1000));
        const answer = text(relpFrame(txnrOf(bad), "rsp", "200 OK"));
        assertInstanceOf(assertThrows(() => events(client, answer)), FrameError);
        break;
      }
      if (ordinals.length === 0) continue;
      const ordinal = dice.pick(...ordinals);
      waiting.delete(ordinal);
      const answer = text(relpFrame(txnrOf(ordinal), "rsp", "200 OK"));
      assertEquals(events(client, answer), [{ type: "answered", ordinal, refusal: undefined }]);
    }
  }
});
