// deno-lint-ignore-file no-console -- the console is what it logs by
/** A program whose console goes to a log server: `console_program.ts PORT`. */
import process from "node:process";
import { getLogger, SocketHandler } from "../../mod.ts";
import { connector } from "../../src/adapters/auto.ts";
import { captureConsole } from "../../src/integrations/console.ts";
import { logThroughOutage } from "./foreign_outage.ts";

const [port] = process.argv.slice(2);
const handler = new SocketHandler("127.0.0.1", Number(port), {
  connector,
  whileDisconnected: "queue",
});
handler.retryStart = 0.05;
handler.retryMax = 0.1;
const log = getLogger("shop.console");
log.setLevel("DEBUG");
log.addHandler(handler);
captureConsole(log);

console.warn("%s at 50%", "low", { left: 2 });
console.error("failed", new Error("disk full", { cause: new Error("quota") }));
console.trace("50% done");
await logThroughOutage(handler, (phase, number) => console.log(phase, number));
