/** The documented CPython log server (`receiver.py`) as a child process of a test. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("./receiver.py", import.meta.url));

/** The `__dict__` of a record at the receiver, with its merged message under `__message__`. */
export type Fields = Record<string, unknown> & { __message__: string; name: string };

/** A running receiver. */
export class PythonReceiver implements AsyncDisposable {
  /** The port that it listens on, or NaN for a path. */
  port: number = NaN;
  /** Every line that it printed since it began to listen. */
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #isListening = false;
  #changed = () => {};
  #errors = "";

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#ended = once(child, "close");
    child.stderr?.setEncoding("utf8").on("data", (text: string) => this.#errors += text);
  }

  /** Starts `python receiver.py ...args` and waits until it listens. */
  static async start(python: string, ...args: string[]): Promise<PythonReceiver> {
    const child = spawn(python, [script, ...args], { stdio: ["pipe", "pipe", "pipe"] });
    const receiver = new PythonReceiver(child);
    const lines = createInterface({ input: child.stdout! });
    // One listener from the start: the first records may come with the line that says where.
    const listening = new Promise<void>((resolve, reject) => {
      lines.on("line", (line) => {
        if (!receiver.#isListening) receiver.port = Number(line);
        else receiver.lines.push(line);
        receiver.#isListening = true;
        receiver.#changed();
        resolve();
      });
      lines.once("close", () => reject(new Error(`no receiver: ${receiver.#errors}`)));
    });
    await listening;
    return receiver;
  }

  /** Resolves once it has printed so many lines; rejects when it ends before. */
  async waitFor(count: number): Promise<string[]> {
    while (this.lines.length < count) {
      const ended = this.#ended.then(() => true);
      const changed = new Promise<false>((resolve) => this.#changed = () => resolve(false));
      if (await Promise.race([ended, changed]) && this.lines.length < count) {
        throw new Error(`ended after ${this.lines.length} of ${count} lines: ${this.#errors}`);
      }
    }
    return this.lines;
  }

  /** As {@linkcode waitFor}, of a receiver started with `--json`. */
  async records(count: number): Promise<Fields[]> {
    return (await this.waitFor(count)).map((line) => JSON.parse(line) as Fields);
  }

  /** Ends it in order: it accepts no more connections, and reads the open ones to their end. */
  async stop(): Promise<void> {
    this.#child.stdin?.end("stop");
    await this.#ended;
  }

  /** Ends it at once, as a crash would, and returns when it is gone. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin?.end();
    await this.#ended;
  }
}
