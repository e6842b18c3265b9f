import { test } from "../test.ts";
import { type Connection, round, rounds } from "./scripted_faults.ts";
import { serverRound } from "./scripted_servers.ts";

test("a handler loses, doubles and reorders nothing under random faults, and always closes", () =>
  rounds(round, "persistent"));

test("a handler that connects per flush loses and reorders nothing either, and doubles once at most", () =>
  rounds(round, "per-flush"));

/** Rounds with two or three servers. */
const severalServers = (seed: number, connection: Connection) =>
  round(seed, connection, undefined, 2 + seed % 2);

test("a handler with several servers loses, doubles and reorders nothing either", async () => {
  await rounds(severalServers, "persistent", 60);
  await rounds(severalServers, "per-flush", 40);
});

test("a server that hangs up on records or on every client loses no record but those it refuses", () =>
  rounds(serverRound, "persistent", 40));
