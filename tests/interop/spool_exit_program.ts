/**
 * A program that logs its last record with a handler of each kind, each with a spool, and ends before
 * any has connected: `spool_exit_program.ts ADAPTER ENDING FOLDER PORT...`. With the ending `flushes` it
 * logs nothing, and sends what was left. Run by spool_exit_test.ts.
 */
import process from "node:process";
import {
  DatagramHandler,
  getLogger,
  HTTPHandler,
  SocketHandler,
  SysLogHandler,
} from "../../mod.ts";
import { fileSpool } from "../../src/files/spool/file_spool.ts";

const [adapter, ending, folder, ...ports] = process.argv.slice(2);
const { connector, exitNotifier } = await import(
  `../../src/adapters/${adapter}.ts`
) as typeof import("../../src/adapters/auto.ts");
const [pickles = 0, syslog = 0, relp = 0, http = 0, datagrams = 0] = ports.map(Number);
const host = "127.0.0.1";
const spooled = (name: string) => ({ connector, spool: fileSpool(`${folder}/${name}`) });
const web = (name: string) => ({ method: "POST", spool: fileSpool(`${folder}/${name}`) }) as const;

const handlers = [
  new SocketHandler(host, pickles, spooled("pickles")),
  new SysLogHandler([host, syslog], { ...spooled("syslog"), socktype: "stream" }),
  new SysLogHandler([host, relp], { ...spooled("relp"), socktype: "stream", framing: "relp" }),
  new HTTPHandler(`${host}:${http}`, "/", { ...web("http"), exitNotifier }),
  new HTTPHandler(`${host}:${http}`, "/", { ...web("http without a notifier"), exitNotifier: {} }),
  new DatagramHandler(host, datagrams, spooled("datagrams")),
];
const log = getLogger("spooled");
for (const handler of handlers) log.addHandler(handler);

if (ending === "flushes") {
  await Promise.all(handlers.map((handler) => handler.flush()));
  await Promise.all(handlers.map((handler) => handler.close()));
  process.stdout.write(JSON.stringify(handlers.map(({ stats }) => stats)) + "\n");
} else {
  log.critical("the last words");
  if (ending === "calls process.exit()") process.exit(1);
  if (ending === "calls Deno.exit()") {
    (globalThis as unknown as { Deno: { exit(status: number): void } }).Deno.exit(1);
  }
  throw new Error("thrown on purpose");
}
