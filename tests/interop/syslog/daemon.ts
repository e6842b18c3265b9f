/**
 * A real syslog daemon as a child process of a test: an ordinary user's, in the foreground, on ports
 * of 127.0.0.1 and in a folder that are its own, and gone with all of it at the end of the test.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connector } from "../../../src/adapters/auto.ts";
import { ConnectionError } from "../../../src/net/connection_error.ts";
import type { StreamAddress, TlsOptions } from "../../../src/net/connector.ts";
import { freePorts } from "./free_ports.ts";
import { Output } from "./output.ts";
import type { Inputs, Received, SyslogProgram } from "./program.ts";
import { LIMIT_MS, until } from "../../until.ts";

/** The authority of the daemons' certificate. */
export const tls: TlsOptions = {
  ca: [readFileSync(new URL("../../testdata/tls/ca.pem", import.meta.url), "utf8")],
};

/** The tag of the messages that ask whether it listens. */
const PROBE = "logwire-ready";
/** The number of times that another program may take a free port before the daemon does. */
const ATTEMPTS = 3;
const PORT_TAKEN = /Address already in use|Could not create udp listener/;

type TcpAddress = Extract<StreamAddress, { transport: "tcp" }>;

const bytes = (text: string) => new TextEncoder().encode(text);

/** A running daemon. */
export class SyslogDaemon implements AsyncDisposable {
  readonly program: SyslogProgram;
  readonly inputs: Inputs;
  readonly #folder: string;
  readonly #lines: string;
  readonly #output: Output;
  readonly #messages: Received[] = [];
  readonly #probed = new Set<string>();
  #child: ChildProcess | undefined;
  #ended: Promise<unknown> = Promise.resolve();
  #stderr = "";

  private constructor(program: SyslogProgram, folder: string, inputs: Inputs, lines: string) {
    this.program = program;
    this.inputs = inputs;
    this.#lines = lines;
    this.#folder = folder;
    this.#output = new Output(join(folder, "output"));
  }

  /** Starts one, with these lines in its configuration too; waits until every input listens. */
  static async start(program: SyslogProgram, lines: string = ""): Promise<SyslogDaemon> {
    for (let attempt = 1;; attempt++) {
      const ports = await freePorts({ udp: "udp", tcp: "tcp", counted: "tcp", tls: "tcp" });
      const folder = mkdtempSync(join(tmpdir(), "logwire-syslog-"));
      const daemon = new SyslogDaemon(program, folder, {
        ...ports,
        unixgram: join(folder, "log"),
        unix: join(folder, "stream"),
      }, lines);
      try {
        await daemon.#launch();
        return daemon;
      } catch (error) {
        await daemon[Symbol.asyncDispose]();
        // Another program may have a port by now, and not even say so.
        if (attempt === ATTEMPTS) throw error;
      }
    }
  }

  /** The daemon's output so far. */
  get messages(): readonly Received[] {
    this.#takeIn();
    return this.#messages;
  }

  /** The messages, once there are so many. */
  async received(count: number): Promise<readonly Received[]> {
    await this.until(() => this.messages.length >= count, `${count} messages`);
    return this.#messages;
  }

  /** Resolves once the condition holds; rejects when the daemon ends, or it takes too long. */
  async until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
    const explain = () => {
      const last = JSON.stringify(this.messages.slice(-3), null, 1);
      return `${what} from ${this.program.name}: ${this.#stderr}\n${last}`;
    };
    await until(async () => {
      if (await condition()) return true;
      if (this.#child !== undefined && !PORT_TAKEN.test(this.#stderr)) return false;
      throw new Error(`it ended without ${explain()}`);
    }, explain);
  }

  /** Asks it to end, and waits until it has: what it has received by then is written. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
    await this.#ended;
    clearTimeout(timer);
  }

  /** Ends it and starts it again, with the same inputs and the same output. */
  async restart(): Promise<void> {
    await this.stop();
    await this.#launch();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #launch(): Promise<void> {
    const { command, args, config } = this.program;
    const text = config(this.inputs, join(this.#folder, "output")) + this.#lines;
    writeFileSync(join(this.#folder, "config"), text);
    this.#stderr = "";
    const child = spawn(command, args(this.#folder), { stdio: ["ignore", "ignore", "pipe"] });
    this.#child = child;
    this.#ended = once(child, "close")
      .catch((error) => this.#stderr += error)
      .finally(() => this.#child = undefined);
    child.stderr.setEncoding("utf8").on("data", (text: string) => this.#stderr += text);
    await this.#listens();
  }

  /** A message comes out of each input. */
  async #listens(): Promise<void> {
    this.#probed.clear();
    const { tcp, counted, tls: tlsPort, udp, unixgram } = this.inputs;
    const at = (port: number) => ({ transport: "tcp", hostname: "127.0.0.1", port }) as const;
    const message = (input: string) => `<14>${PROBE}: ${input}\n`;
    const withLength = (text: string) => `${text.length} ${text}`;
    await this.#knock(at(tcp), message("tcp"));
    await this.#knock(at(counted), withLength(message("counted")));
    await this.#knock({ ...at(tlsPort), tls }, withLength(message("tls")));
    await using socket = await connector.openDatagram({ ...at(udp), transport: "udp" });
    await this.until(async () => {
      this.#takeIn();
      if (!this.#probed.has("udp")) await socket.send(bytes(message("udp")));
      const inputs = ["tcp", "counted", "tls", "udp"];
      return inputs.every((input) => this.#probed.has(input)) && existsSync(unixgram);
    }, "inputs that listen");
  }

  async #knock(to: TcpAddress, message: string): Promise<void> {
    await this.until(async () => {
      try {
        const connection = await connector.connect(to);
        await connection.write(bytes(message));
        // Someone else may listen there, and never hang up.
        await connection.close({ signal: AbortSignal.timeout(1000) });
        return true;
      } catch (error) {
        if (error instanceof ConnectionError) return false;
        throw error;
      }
    }, `listener at port ${to.port}`);
  }

  #takeIn(): void {
    for (const line of this.#output.takeLines()) {
      const message = this.program.read(line);
      if (message.tag?.startsWith(PROBE)) this.#probed.add(message.message);
      else this.#messages.push(message);
    }
  }
}
