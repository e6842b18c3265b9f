/** A real mail server of aiosmtpd, and CPython's `SMTPHandler` beside ours: `smtp_peer.py`. */
import { assertEquals } from "@std/assert";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import { SMTPHandler, type SMTPHandlerOptions } from "../../src/mail/smtp_handler.ts";
import { pythonWith } from "./python.ts";

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** The path of a file of tests/testdata/tls. */
export const tls = (file: string): string => path(`../testdata/tls/${file}`);

/** The certificate authority of the server. */
export const ca: string[] = [readFileSync(tls("ca.pem"), "utf8")];

/** A mail as it arrived. */
export interface Delivered {
  from: string;
  to: string[];
  size: string[];
  bytes: number;
  headers: string[];
  addresses: Record<string, [string, string][]>;
  subject: string;
  seconds: number;
  offset: string;
  messageId: string;
  type: [string, string];
  body: string;
  raw: string;
  tls: boolean;
}

export interface Case {
  fromaddr: string;
  toaddrs: string | string[];
  subject: string;
  message: string;
  credentials?: readonly [string, string];
  secure?: true;
}

/** The server's view of a case, and the sender's error. */
export interface Outcome {
  mails: Delivered[];
  heard: string[] | undefined;
  error: unknown;
}

/** `smtp_peer.py`, running. */
export class SmtpPeer implements AsyncDisposable {
  port = 0;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #ended: Promise<unknown>;

  private constructor(settings: object) {
    const args = [path("./smtp_peer.py"), JSON.stringify(settings)];
    const python = pythonWith("aiosmtpd") ?? "python3";
    this.#child = spawn(python, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.#ended = once(this.#child, "close");
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  static async start(settings: object = {}): Promise<SmtpPeer> {
    const peer = new SmtpPeer(settings);
    peer.port = await peer.next();
    return peer;
  }

  /** The next line that it prints. */
  // deno-lint-ignore no-explicit-any -- lines of several kinds
  async next(): Promise<any> {
    return JSON.parse((await this.#lines.next()).value);
  }

  /** Reads until one side has finished the case. */
  async #outcome(isLast: (line: { done?: unknown; quit?: string[] }) => boolean): Promise<Outcome> {
    const outcome: Outcome = { mails: [], heard: undefined, error: null };
    for (;;) {
      const line = await this.next();
      if ("quit" in line) outcome.heard = line.quit;
      else if ("done" in line) outcome.error = line.done;
      else outcome.mails.push(line);
      if (isLast(line)) return outcome;
    }
  }

  theirs(sent: Case): Promise<Outcome> {
    this.#child.stdin?.write(`${JSON.stringify(sent)}\n`);
    return this.#outcome((line) => "done" in line);
  }

  /** Sends it; where that fails, there is no QUIT to wait for. */
  async ours(
    { message, secure, ...options }: Case,
    more: Partial<SMTPHandlerOptions> = {},
  ): Promise<Outcome> {
    const handler = new SMTPHandler(["127.0.0.1", this.port], {
      ...options,
      secure: secure ? { ca } : null,
      whileDisconnected: "drop",
      onEvent: () => {},
      ...more,
    });
    const faults: unknown[] = [];
    handler.handleError = (_record, error) => void faults.push(error);
    handler.handle(makeLogRecord({ msg: message }));
    await handler.flush();
    await handler.close();
    const { stats } = handler;
    assertEquals([stats.emitted, stats.sent + stats.droppedTotal], [1, 1]);
    assertEquals(stats.sent, faults.length === 0 ? 1 : 0);
    if (stats.sent === 0) return { mails: [], heard: undefined, error: faults[0] };
    return await this.#outcome((line) => "quit" in line);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin?.end();
    await this.#ended;
  }
}
