// Node's own modules run on all three runtimes, and so does the adapter for them.
import { hostname } from "node:os";
import { connector } from "../../src/adapters/node.ts";
import { runtime } from "../test.ts";
import { conformance } from "./suite.ts";
import { netServer, type Target } from "./target.ts";
import { withoutUnixDatagrams } from "./unixgram_peer.ts";

const skips: Record<string, string> = runtime === "deno"
  ? {
    "unref() lets a program end that has a datagram socket":
      "Deno's node:dgram ignores unref() once a socket is bound",
    "TLS carries 16 MiB, checked for an IP address":
      "Deno's node:tls loses the peer's end if it comes while the reader is paused",
  }
  : {};

// The package behind them is made for Node alone.
const unix: Partial<Target> = runtime === "node"
  ? { unixDatagrams: "sends and receives", withoutUnixDatagrams: withoutUnixDatagrams() }
  : {};

conformance({
  name: "node.ts",
  connector,
  rawServer: netServer,
  module: "node.ts",
  skips,
  hostName: hostname(),
  ...unix,
});
