/** A program that writes to stderr and ends: `stderr_program.ts SCENARIO`. Run by stderr_test.ts. */
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { exception, getLogger, HTTPHandler, setRaiseExceptions, StreamHandler } from "../../mod.ts";
import { exitNotifier } from "../../src/adapters/auto.ts";
import { SMTPHandler } from "../../src/mail/smtp_handler.ts";

const [scenario] = process.argv.slice(2);
const log = getLogger("program");
let calls = 0;

switch (scenario) {
  case "console": {
    // The console logs, as a program may have it that wants every line in its log.
    const logging = (...parts: unknown[]) => {
      calls++;
      log.error("console: %s", parts.join(" "));
    };
    Object.assign(globalThis.console, {
      log: logging,
      info: logging,
      warn: logging,
      error: logging,
      debug: logging,
    });
    log.warning("the last resort");
    log.addHandler(new StreamHandler());
    globalThis.console.error("hello");
    log.warning("%d", "no number");
    process.exit(calls);
    break;
  }
  case "exits":
    log.addHandler(new StreamHandler());
    for (let i = 0; i < 3000; i++) log.warning("%-99d", i);
    process.exit(0);
    break;
  case "logs an error while it exits":
    process.on("exit", () => exception("at the end", new RangeError("some error")));
    process.exit(0);
    break;
  case "recurses": {
    const recurse = (): void => {
      calls++;
      getLogger().error("foo");
      recurse();
      calls--;
    };
    recurse();
    break;
  }
  case "outlives its reader":
    log.addHandler(new StreamHandler());
    for (let i = 0; i < 20; i++) {
      log.warning("%-999d", i);
      // For a tenth of a second: nothing tells the program that its reader has ended.
      await sleep(5);
    }
    process.exit(0);
    break;
  case "no exit notifier":
  case "no exit notifier, silent": {
    setRaiseExceptions(scenario === "no exit notifier");
    const mail = { fromaddr: "me", toaddrs: "you", subject: "Log" };
    for (let i = 0; i < 2; i++) {
      new HTTPHandler("127.0.0.1:9", "/");
      new SMTPHandler("127.0.0.1", mail);
      new HTTPHandler("127.0.0.1:9", "/", { exitNotifier });
      new SMTPHandler("127.0.0.1", { ...mail, exitNotifier: {} });
    }
    break;
  }
  default:
    throw new Error(`no such scenario: ${scenario}`);
}
