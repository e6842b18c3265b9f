// The adapter of the runtime that runs this, by way of the one that picks it.
import { connector } from "../../src/adapters/auto.ts";
import { runtime } from "../test.ts";
import { conformance } from "./suite.ts";
import { netServer } from "./target.ts";

const skips: Record<string, string> = runtime === "deno"
  ? {
    "a TLS listener that closes lets go of who has not ended its handshake":
      "Deno keeps the socket of a handshake that was given up, though not the process open",
  }
  : {};

conformance({
  name: `${runtime}.ts`,
  connector,
  rawServer: netServer,
  module: "auto.ts",
  skips,
  unixDatagrams: runtime === "deno" && "listenDatagram" in (globalThis as { Deno?: object }).Deno!,
});
