// deno-lint-ignore-file no-console -- the console is what it logs by
/** `console_program.ts PORT`: prints through an outage of its receiver, and exits. */
import process from "node:process";
import { getLogger } from "../../mod.ts";
import { captureConsole } from "../../src/integrations/console.ts";
import { logThroughRestart, watchedHandler } from "./restart_phases.ts";

const watched = watchedHandler(Number(process.argv[2]));
const log = getLogger("shop.console");
log.setLevel("DEBUG");
log.addHandler(watched.handler);
captureConsole(log);

await logThroughRestart(watched, (number) => {
  const kind = number % 3;
  if (kind === 0) console.error("#%d failed", number, failure());
  else if (kind === 1) console.warn("#%d at 50%", number, { left: 2 });
  else console.trace("#%d: 50%% done", number);
});
process.exit();

function failure(): Error {
  return new Error("disk full", { cause: new Error("quota") });
}
