/** A program that logs over HTTP and just ends: `http_ending_program.ts PORT`. */
import process from "node:process";
import { getLogger, HTTPHandler } from "../../mod.ts";
import { connector } from "../../src/adapters/auto.ts";

const log = getLogger("ending");
log.addHandler(
  new HTTPHandler(`127.0.0.1:${process.argv[2]}`, "/log", {
    body: "ndjson",
    batchMs: 60_000,
    exitNotifier: connector,
  }),
);
for (let i = 0; i < 1000; i++) log.warning("#%d", i);
