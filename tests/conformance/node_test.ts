// Node's own modules run on all three runtimes, and so does the adapter for them.
import { connector } from "../../src/adapters/node.ts";
import { runtime } from "../test.ts";
import { conformance } from "./suite.ts";
import { netServer } from "./target.ts";

const skips: Record<string, string> = runtime === "deno"
  ? {
    "unref() lets a program end that has a datagram socket":
      "Deno's node:dgram ignores unref() once a socket is bound",
    "TLS carries 16 MiB, checked for an IP address":
      "Deno's node:tls loses the peer's end if it comes while the reader is paused",
    "atExit() runs exit when a program ends by an uncaught error":
      "Deno's process emits no `exit` then",
  }
  : {};

conformance({ name: "node.ts", connector, rawServer: netServer, module: "node.ts", skips });
