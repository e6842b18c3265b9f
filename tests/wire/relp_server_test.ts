import { assertEquals, assertThrows } from "@std/assert";
import { FrameError } from "../../src/wire/framing.ts";
import { RelpClient } from "../../src/wire/relp_client.ts";
import { RelpServer } from "../../src/wire/relp_server.ts";
import { test } from "../test.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array) => new TextDecoder().decode(data);

const OPEN = "1 open 14 relp_version=0\n";
const OPENED = "1 rsp 59 200 OK\nrelp_version=0\nrelp_software=logwire\ncommands=syslog\n";

/** The messages in what a sender sends. */
function take(server: RelpServer, stream: string): string[] {
  server.push(bytes(stream));
  const found: string[] = [];
  for (let next = server.next(); next !== undefined; next = server.next()) found.push(text(next));
  return found;
}

test("RelpServer reads messages, and has the answers ready when they are asked for", () => {
  const server = new RelpServer();
  assertEquals(take(server, OPEN), []);
  assertEquals(text(server.takeAnswers()), OPENED);
  assertEquals(take(server, "2 syslog 9 two\nlines\n3 syslog 0\n4 sys"), ["two\nlines", ""]);
  assertEquals([server.frames, server.heldBytes], [3, 1]);
  assertEquals(text(server.takeAnswers()), "2 rsp 6 200 OK\n3 rsp 6 200 OK\n");
  assertEquals(text(server.takeAnswers()), "");
  assertThrows(() => server.end(), FrameError, "within a frame");
  assertEquals(take(server, "log 1 a\n5 close 0\n"), ["a"]);
  assertEquals(text(server.takeAnswers()), "4 rsp 6 200 OK\n5 rsp 0\n0 serverclose 0\n");
  assertEquals(server.isOver, true);
  server.end();
});

test("RelpServer.leave() asks an open session to end, once", () => {
  const early = new RelpServer();
  early.leave();
  assertEquals(text(early.takeAnswers()), "");
  const server = new RelpServer();
  take(server, OPEN);
  server.takeAnswers();
  server.leave();
  server.leave();
  assertEquals(text(server.takeAnswers()), "0 serverclose 0\n");
  // The server takes messages that the sender sent before it knew.
  assertEquals(take(server, "2 syslog 1 a\n3 close 0\n"), ["a"]);
  assertEquals(text(server.takeAnswers()), "2 rsp 6 200 OK\n3 rsp 0\n");
});

test("RelpServer refuses commands out of place, and those that it does not know", () => {
  const bad: [stream: string, message: string][] = [
    ["1 syslog 1 a\n", '"syslog" before "open"'],
    ["1 close 0\n", '"close" before "open"'],
    [OPEN + OPEN, '"open" twice'],
    [`${OPEN}0 syslog 1 a\n`, "transaction number 0"],
    [`${OPEN}2 rsp 6 200 OK\n`, '"rsp", which is not known'],
    [`${OPEN}2 starttls 0\n`, '"starttls", which is not known'],
    [`${OPEN}2 close 0\n3 syslog 1 a\n`, 'behind "close"'],
    ["1 open 13 commands=spam\n", "does not offer the command syslog"],
  ];
  for (const [stream, message] of bad) {
    assertThrows(() => take(new RelpServer(), stream), FrameError, message);
  }
  const server = new RelpServer({ maxFrameBytes: 10 });
  assertThrows(() => take(server, `${OPEN}2 syslog 11 `), FrameError, "the most is 10");
});

test("RelpServer answers RelpClient, through both ends of a session", () => {
  const client = new RelpClient();
  const server = new RelpServer();
  const answered = (bytes: Uint8Array) => {
    take(server, text(bytes));
    client.push(server.takeAnswers());
    return client.nextEvent()?.type;
  };
  assertEquals(answered(client.open()), "opened");
  const out = new Uint8Array(100);
  assertEquals(answered(out.subarray(0, client.write(bytes("ä"), out, 0))), "answered");
  assertEquals(answered(client.close()), "closed");
});
