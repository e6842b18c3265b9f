/** `SysLogHandler` against CPython's: the same records, the same bytes, over every kind of socket. */
import { assert, assertEquals } from "@std/assert";
import { spawn } from "node:child_process";
import dgram from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { connector } from "../../src/adapters/auto.ts";
import { type SyslogAddress, SysLogHandler } from "../../src/handlers/sys_log_handler.ts";
import { Formatter } from "../../src/logging/formatter.ts";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import { withoutUnixDatagrams } from "../conformance/unixgram_peer.ts";
import { test } from "../test.ts";
import { type Python, pythons, withoutPython } from "./python.ts";

type Kind = "udp" | "tcp" | "unixgram" | "unix";

/** The messages that arrived, in hexadecimal, and the errors of records that could not be sent. */
interface Outcome {
  received: string[];
  errors: string[];
}

interface Settings {
  fmt?: string;
  ident?: string;
  append_nul?: boolean;
  facility?: number | string;
  priority_map?: Record<string, string>;
}

type Fields = Record<string, unknown>;

/** A CPython that sends and receives as it is told. */
class Peer implements AsyncDisposable {
  addresses: Record<Kind, SyslogAddress> = { udp: "", tcp: "", unixgram: "", unix: "" };
  readonly #folder = mkdtempSync(join(tmpdir(), "logwire-"));
  readonly #child;
  readonly #lines: AsyncIterator<string>;

  constructor({ path }: Python) {
    const script = fileURLToPath(new URL("syslog_peer.py", import.meta.url));
    this.#child = spawn(path, [script, this.#folder], { stdio: ["pipe", "pipe", "inherit"] });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async start(): Promise<void> {
    this.addresses = await this.#answer();
  }

  do(command: Fields): Promise<Outcome> {
    this.#child.stdin.write(`${JSON.stringify(command)}\n`);
    return this.#answer();
  }

  async #answer<T>(): Promise<T> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error("the peer has ended");
    return JSON.parse(value);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin.end();
    await once(this.#child, "close");
    rmSync(this.#folder, { recursive: true });
  }
}

const levels = [
  "DEBUG",
  "INFO",
  "WARNING",
  "ERROR",
  "CRITICAL",
  "NOTSET",
  "NOTICE",
  "Level 35",
  "info",
];

const of = (msg: unknown, ...args: unknown[]): Fields => ({
  name: "myapp",
  levelname: "INFO",
  msg,
  args,
});

const plain: Fields[] = [
  ...levels.map((levelname) => ({ ...of("at %s", levelname), levelname })),
  of("späm ✓ 𝄞"),
  of(""),
  of("two\nlines, a NUL \0 and a tab\t"),
  of("%d of %s, %r", 3, "them", "quoted"),
  of("ä".repeat(5000)),
  { ...of("failed"), exc_text: "Traceback (most recent call last):\nRuntimeError: boom" },
  { ...of("here"), stack_info: "Stack (most recent call last):\n  main" },
];

/**
 * Records that cannot be sent, between records that can. A mistake in a call is none of them: that
 * record is sent, where CPython loses it.
 */
const mixed: Fields[] = [
  of("before"),
  of("a lone \ud800 surrogate"),
  of("after"),
];

const scenarios: [Settings, Fields[]][] = [
  [{}, plain],
  [{ ident: "häm-", facility: "local7", fmt: "%(name)s %(levelname)-8s %(message)s" }, plain],
  [{ append_nul: false, facility: SysLogHandler.LOG_KERN }, plain],
  [{ facility: 100, priority_map: { INFO: "notice", NOTICE: "emerg" } }, plain],
  [{}, mixed],
  [{ facility: "nope" }, mixed],
  [{ priority_map: { INFO: "chatty" } }, mixed],
  ...Object.keys(SysLogHandler.facility_names).map((facility): [Settings, Fields[]] => [
    { facility },
    [of(facility)],
  ]),
];

/** Runs a scenario with our handler and returns what it sends. */
async function ours(
  peer: Peer,
  kind: Kind,
  { fmt, ...settings }: Settings,
  records: Fields[],
): Promise<Outcome> {
  const socktype = kind === "tcp" ? "stream" : kind === "udp" ? "datagram" : null;
  const handler = socktype === null
    ? new SysLogHandler(peer.addresses[kind], { connector })
    : new SysLogHandler(peer.addresses[kind], { connector, socktype });
  const errors: string[] = [];
  handler.handleError = (_record, error) => errors.push((error as Error).name);
  if (fmt !== undefined) handler.setFormatter(new Formatter(fmt));
  Object.assign(handler, settings);
  for (const fields of records) handler.handle(makeLogRecord(fields));
  const receiving = handler.stats.emitted > handler.stats.droppedTotal
    ? peer.do({ do: "receive", kind, count: records.length - errors.length })
    : undefined;
  const [outcome] = await Promise.all([receiving, handler.close()]);
  const { sent, dropped } = handler.stats;
  assertEquals([sent, dropped.error], [records.length - errors.length, errors.length]);
  if (sent > 0) {
    assertEquals(handler.socktype, kind === "tcp" || kind === "unix" ? "stream" : "datagram");
  }
  return { received: outcome?.received ?? [], errors };
}

/** Those that the format is taken from; where there is none, whichever there is. */
function followed(): Python[] {
  const all = pythons().filter(({ version }) => version.startsWith("3."));
  const chosen = all.filter(({ version }) => /^3\.(11|13)\./.test(version));
  return chosen.length > 0 ? chosen : all.slice(-1);
}

const noDatagrams = withoutUnixDatagrams();
const ownAddresses = Object.values(networkInterfaces()).flat().map((info) => info?.address);
const withoutIPv6 = !ownAddresses.includes("::1") && "it needs IPv6: there is no ::1";
const kinds: [Kind, string | false][] = [
  ["udp", false],
  ["tcp", false],
  ["unixgram", noDatagrams],
  ["unix", false],
];

for (const python of followed()) {
  for (const [kind, skip] of kinds) {
    test(
      `SysLogHandler sends over ${kind} byte for byte what CPython ${python.version} sends`,
      async () => {
        await using peer = new Peer(python);
        await peer.start();
        for (const [handler, records] of scenarios) {
          const theirs = await peer.do({ do: "send", kind, handler, records });
          const mine = await ours(peer, kind, handler, records);
          assertEquals(mine.errors.length, theirs.errors.length, JSON.stringify(handler));
          // A connection that nothing was sent over is CPython's alone: ours is not made.
          const nothing = mine.errors.length === records.length;
          assertEquals(mine.received, nothing ? [] : theirs.received, JSON.stringify(handler));
        }
      },
      { skip },
    );
  }
}

test("SysLogHandler sends over UDP to an IPv6 address", async () => {
  const socket = dgram.createSocket("udp6");
  socket.bind(0, "::1");
  await once(socket, "listening");
  const handler = new SysLogHandler(["::1", socket.address().port], { connector });
  const sent = async (): Promise<string> => {
    const received = once(socket, "message");
    handler.handle(makeLogRecord({ name: "slh", levelname: "ERROR", msg: "späm" }));
    return String((await received)[0]);
  };
  assertEquals(await sent(), "<11>späm\0");
  handler.append_nul = false;
  assertEquals(await sent(), "<11>späm");
  handler.ident = "häm-";
  assertEquals(await sent(), "<11>häm-späm");
  await handler.close();
  socket.close();
  await once(socket, "close");
}, { skip: withoutIPv6 });

test("there is a CPython to compare SysLogHandler with", () => {
  assert(followed().length > 0);
}, { skip: withoutPython() });
