/** A program that logs and ends: `ending_program.ts SCENARIO PORT`. Run by exit_test.ts. */
import { once } from "node:events";
import process from "node:process";
import { getLogger, SocketHandler } from "../../mod.ts";
import { connector } from "../../src/adapters/auto.ts";
import { turns } from "../turns.ts";

const [scenario, port] = process.argv.slice(2);
const handler = new SocketHandler("127.0.0.1", Number(port), {
  connector,
  whileDisconnected: scenario === "absent" ? "queue" : "drop",
});
const log = getLogger("ending");
log.addHandler(handler);

function logThem(count: number): void {
  for (let i = 0; i < count; i++) log.warning("#%d", i);
}

switch (scenario) {
  case "ends": // while the dial is under way
  case "absent":
    logThem(1000);
    break;
  case "exits": // on an open connection
    log.warning("the first dials");
    await handler.flush();
    logThem(1000);
    process.exit(0);
    break;
  case "throws":
    log.warning("the first dials");
    await handler.flush();
    logThem(1000);
    throw new Error("thrown on purpose");
  case "survives": {
    const survived = once(process, "unhandledRejection");
    log.warning("the first dials");
    await handler.flush();
    logThem(1000);
    Promise.reject(new Error("survived"));
    await survived;
    break;
  }
  case "idles": // and ends by itself although the connection is open
    logThem(1000);
    await handler.flush();
    await turns(1);
    break;
  default:
    throw new Error(`no such scenario: ${scenario}`);
}
