// The adapter of the runtime that runs this, by way of the one that picks it.
import { connector } from "../../src/adapters/auto.ts";
import { runtime } from "../test.ts";
import { conformance } from "./suite.ts";
import { netServer } from "./target.ts";

conformance({
  name: `${runtime}.ts`,
  connector,
  rawServer: netServer,
  module: "auto.ts",
  unixDatagrams: runtime === "deno" && "listenDatagram" in (globalThis as { Deno?: object }).Deno!,
});
