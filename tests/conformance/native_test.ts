// The adapter of the runtime that runs this, by way of the one that picks it.
import { hostname } from "node:os";
import { connector } from "../../src/adapters/auto.ts";
import { runtime } from "../test.ts";
import { conformance } from "./suite.ts";
import { netServer } from "./target.ts";
import { withoutUnixDatagrams } from "./unixgram_peer.ts";

const skips: Record<string, string> = runtime === "deno"
  ? {
    "a TLS listener that closes drops a client that has not ended its handshake":
      "Deno keeps the socket of a handshake that was given up, though not the process open",
    "close() of a Unix datagram socket ends the sends that wait":
      "Deno cannot take back a datagram that waits for room",
    "unref() lets a program end whose Unix datagrams wait":
      "Deno holds the process open for a datagram that waits for room",
  }
  : {};

conformance({
  name: `${runtime}.ts`,
  connector,
  rawServer: netServer,
  module: "auto.ts",
  skips,
  hostName: hostname(),
  unixDatagrams: runtime === "bun" ? "sends" : "sends and receives",
  withoutUnixDatagrams: withoutUnixDatagrams(),
});
