/** `HTTPHandler` beside CPython's own, record by record, at a web server of Python's library. */
import { assert, assertEquals } from "@std/assert";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { HTTPHandler, makeLogRecord } from "../../mod.ts";
import { test } from "../test.ts";
import { Chooser } from "./oracle.ts";
import { python3, withoutPython } from "./python.ts";

/** The request as the server got it, or the error that CPython's handler reports. */
interface Line {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
  /** The server's answer. */
  status: number;
  error?: string;
}

/** `http_peer.py`, running. */
class HttpPeer implements AsyncDisposable {
  port = 0;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #ended: Promise<unknown>;

  private constructor() {
    const script = fileURLToPath(new URL("./http_peer.py", import.meta.url));
    this.#child = spawn(python3() ?? "python3", [script], { stdio: ["pipe", "pipe", "inherit"] });
    this.#ended = once(this.#child, "close");
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  static async start(): Promise<HttpPeer> {
    const peer = new HttpPeer();
    peer.port = Number((await peer.#lines.next()).value);
    return peer;
  }

  async next(): Promise<Line> {
    return JSON.parse((await this.#lines.next()).value);
  }

  /** Has CPython's handler send this; returns the outcome. */
  theirs(sent: Case): Promise<Line> {
    const text = JSON.stringify({ credentials: null, host: this.host, ...sent }, encoded);
    this.#child.stdin?.write(`${text}\n`);
    return this.next();
  }

  async ours({ url, method, credentials, fields }: Case): Promise<Line> {
    await using handler = new HTTPHandler(this.host, url, {
      method,
      credentials: credentials ?? null,
    });
    handler.handle(Object.assign(Object.create(Object.getPrototypeOf(makeLogRecord({}))), fields));
    await handler.flush();
    assertEquals(handler.stats.sent, 1);
    return await this.next();
  }

  get host(): string {
    return `localhost:${this.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin?.end();
    await this.#ended;
  }
}

interface Case {
  url: string;
  method: string;
  credentials?: readonly [string, string];
  fields: Record<string, unknown>;
}

function encoded(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? { $bytes: [...value] } : value;
}

const fields = {
  name: "http",
  msg: "späm %d of %s",
  args: [5, "it's"] as unknown,
  levelname: "INFO",
  levelno: 20,
  pathname: "/a dir/ä.py",
  filename: "ä.py",
  module: "ä",
  exc_info: null,
  exc_text: null as string | null,
  stack_info: null,
  lineno: 7,
  funcName: "<module>",
  created: 1700000000,
  msecs: 0,
  relativeCreated: 12.5,
  thread: 140012345678,
  threadName: "MainThread",
  processName: "MainProcess",
  process: 4711,
  taskName: null,
};

const odd = {
  yes: true,
  no: false,
  huge: 1e22,
  tiny: 1e-7,
  third: 1 / 3,
  quarter: 0.25,
  negative: -5,
  list: [1, "a", null, [true, 1.5], { b: "c" }],
  dict: { a: 1, "b c": "d'e\"f" },
  empty: "",
  bytes: new Uint8Array([0, 32, 43, 65, 126, 128, 255]),
  text: "a+b c&d=e/f?g#h%i~j_k-l.m*(n)!\"'\\\r\n\t\0\x7f\u{80}\u{7ff}\u{800}\u{ffff}\u{10000}😀",
  "a key & more": "é",
};

/** Texts of everything but lone surrogates, with a fixed seed. */
function texts(): Record<string, string> {
  const choose = new Chooser(5);
  const character = () =>
    String.fromCodePoint(
      choose.of([
        choose.int(0, 0x7f),
        choose.int(0x80, 0xd7ff),
        choose.int(0xe000, 0xffff),
        choose.int(0x10000, 0x10ffff),
      ]),
    );
  return Object.fromEntries(
    choose.list(200, () => choose.list(choose.int(0, 20), character).join(""))
      .map((text, i) => [`t${i}`, text]),
  );
}

const cases: Case[] = [
  { url: "/frob", method: "GET", fields },
  { url: "/frob?a=1", method: "get", fields },
  { url: "/frob?", method: "GET", fields },
  { url: "/frob", method: "POST", fields },
  { url: "/frob?a=1&b=%20", method: "post", fields, credentials: ["foo", "bar"] },
  { url: "/frob", method: "GET", fields, credentials: ["fü:o", "b ä r✓".repeat(30)] },
  { url: "/", method: "POST", fields: { ...fields, args: [] } },
  { url: "/", method: "POST", fields: { ...fields, args: ["one"] } },
  { url: "/", method: "POST", fields: { ...fields, args: { a: 1 } } },
  { url: "/", method: "POST", fields: { ...fields, args: null, message: "merged" } },
  { url: "/", method: "POST", fields: { ...fields, exc_text: "Traceback:\n  boom" } },
  { url: "/frob", method: "GET", fields: { ...fields, ...odd } },
  { url: "/frob", method: "POST", fields: { ...fields, ...odd } },
  { url: "/frob", method: "POST", fields: { ...fields, ...texts() } },
];

const skip = withoutPython();

test("HTTPHandler sends the same requests as CPython's HTTPHandler", async () => {
  await using peer = await HttpPeer.start();
  for (const sent of cases) {
    const theirs = await peer.theirs(sent);
    const ours = await peer.ours(sent);
    const context = `${sent.method} ${sent.url}`;
    assertEquals(
      [ours.method, ours.path, ours.body],
      [theirs.method, theirs.path, theirs.body],
      context,
    );
    for (const name of ["host", "content-type", "content-length", "authorization"]) {
      assertEquals(ours.headers[name], theirs.headers[name], `${context}: ${name}`);
    }
  }
}, { skip });

test("HTTPHandler sends U+FFFD where CPython loses a record for a lone surrogate", async () => {
  await using peer = await HttpPeer.start();
  const sent: Case = { url: "/", method: "POST", fields: { ...fields, msg: "cut \ud83d" } };
  assertEquals((await peer.theirs(sent)).error, "UnicodeEncodeError");
  assert((await peer.ours(sent)).body.includes("&msg=cut+%EF%BF%BD&"));
}, { skip });

test("HTTPHandler refuses a url that CPython's fails at with each record", async () => {
  await using peer = await HttpPeer.start();
  for (const url of ["/a b", "/a\nb", "/ä"]) {
    assert((await peer.theirs({ url, method: "GET", fields })).error !== undefined);
    let refused = false;
    try {
      new HTTPHandler(peer.host, url);
    } catch (error) {
      refused = error instanceof TypeError;
    }
    assert(refused, url);
  }
}, { skip });

test(
  "HTTPHandler finds the records that Python's web server refuses, and delivers the others once",
  async () => {
    await using peer = await HttpPeer.start();
    await using handler = new HTTPHandler(peer.host, "/judge", {
      body: "ndjson",
      gzip: true,
      batchBytes: 1 << 20,
    });
    const faults: unknown[] = [];
    handler.handleError = (_record, error) => void faults.push(error);
    handler.mapLogRecord = ({ msg }) => ({ msg });
    const sent = Array.from({ length: 500 }, (_, i) => i % 200 === 7 ? `bad ${i}` : `good ${i}`);
    const large = "x".repeat(6000);
    for (const msg of [...sent.slice(0, 300), large, ...sent.slice(300)]) {
      handler.handle(makeLogRecord({ msg }));
    }
    await handler.flush();
    const { sent: taken, dropped } = handler.stats;
    const good = sent.filter((msg) => msg.startsWith("good"));
    assertEquals([taken, dropped.refused, dropped.tooLarge], [good.length, 3, 1]);
    assertEquals(faults.length, 4);
    const arrived: string[] = [];
    const statuses: number[] = [];
    const keys = new Set<string | undefined>();
    while (arrived.length < good.length) {
      const { status, body, headers } = await peer.next();
      statuses.push(status);
      keys.add(headers["idempotency-key"]);
      if (status !== 200) continue;
      for (const line of body.split("\n").filter(Boolean)) arrived.push(JSON.parse(line).msg);
    }
    assertEquals(arrived, good);
    assertEquals(statuses.filter((status) => status === 415).length, 1);
    assertEquals(keys.size, statuses.length);
  },
  { skip },
);
