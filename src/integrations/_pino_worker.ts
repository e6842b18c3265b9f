/**
 * The stream of a pino transport: it runs in the worker that `pino.transport()` starts, and gives
 * pino's lines to a handler that the options describe.
 *
 * pino blocks the thread of the program while it ends this stream, and gives up after ten seconds.
 * This thread goes on meanwhile, so that everything is delivered even at `process.exit()`.
 *
 * For Deno, Bun and Node.
 *
 * @module
 */
import { Writable } from "node:stream";
import { parentPort, workerData } from "node:worker_threads";
import { handlerClasses } from "../config/handler_classes.ts";
import { makeHandler } from "../config/make_handler.ts";
import type { Handler } from "../logging/handler.ts";
import { checkKnown, refuse } from "../logging/validate.ts";
import { isPlainObject } from "../text/is_mapping.ts";
import { writeDirectly } from "./_direct_output.ts";
import { checkPinoOptions, PINO_OPTIONS, PinoReader } from "./_pino_reader.ts";

const WHAT = "make a pino transport";

/** The options that pino adds to those of the program. */
const PINO_ADDS = ["levels", "dedupe", "pinoWillSendConfig", "$context"];

/**
 * The longest that the first lines wait for what the logger says of itself, in milliseconds. It is
 * sent before the first line, and so arrives in the same turn or the next one; it never does if a
 * program writes to the transport without a logger, or if Deno, which drops a message that finds no
 * listener, got it while this module was loaded.
 */
const CONFIG_TIMEOUT_MS = 100;

/** How many characters are read in one turn of the event loop: some milliseconds' worth. */
const TURN_LENGTH = 128 * 1024;

/** Opens the stream. */
export async function openTarget(options: unknown): Promise<Writable & Flushable> {
  if (!isPlainObject(options)) refuse(WHAT, "options", "an object", options);
  const own = Object.fromEntries(
    Object.entries(options).filter(([key]) => !PINO_ADDS.includes(key)),
  );
  checkKnown(WHAT, own, ["handler", ...PINO_OPTIONS]);
  const { handler: entry, ...pinoOptions } = own;
  if (!isPlainObject(entry)) refuse(WHAT, "handler", "an object", entry);
  const settings = checkPinoOptions(WHAT, pinoOptions);
  const connector = await loadedConnector();
  const handler = makeHandler(withFullName(entry), handlerClasses({ connector }));
  const reader = new PinoReader(handler, settings);
  // Those of a logger that has the transport as an option: on Deno they may come no other way.
  reader.configure({ code: "PINO_CONFIG", config: { levels: { values: options.levels } } });
  const lines = new Lines(reader);
  if (parentPort !== null) writeDirectly();
  return streamOf(lines, handler);
}

/**
 * Returns the connector of this runtime, for which `./auto` has loaded all it needs: a dial has a
 * time limit, and the first lines keep this thread busy. One that is aborted already opens nothing.
 */
async function loadedConnector() {
  const { connector } = await import("../adapters/auto.ts");
  const nowhere = { transport: "tcp", hostname: "127.0.0.1", port: 9 } as const;
  await connector.connect(nowhere, { signal: AbortSignal.abort() }).catch(() => {});
  return connector;
}

/** `"SocketHandler"` is short for `"logging.handlers.SocketHandler"`. */
function withFullName(entry: Record<string, unknown>): Record<string, unknown> {
  const { class: name } = entry;
  if (typeof name !== "string" || name.includes(".")) return entry;
  return { ...entry, class: `logging.handlers.${name}` };
}

/** The text that arrives, in lines; held until the logger has described itself. */
class Lines {
  readonly #reader: PinoReader;
  readonly #decoder = new TextDecoder();
  /** Text that has arrived and was not read. */
  #text = "";
  #timer: ReturnType<typeof setTimeout> | undefined;
  #release: () => void = () => {};
  /** Resolves once lines are held no more. */
  readonly #released: Promise<void>;
  #isHeld: boolean;

  constructor(reader: PinoReader) {
    this.#reader = reader;
    const { workerData: own } = (workerData ?? {}) as {
      workerData?: { pinoWillSendConfig?: boolean };
    };
    this.#isHeld = parentPort !== null && own?.pinoWillSendConfig === true;
    this.#released = new Promise((resolve) => this.#release = resolve);
    if (!this.#isHeld) this.#release();
    parentPort?.on("message", (message: unknown) => {
      if (reader.configure(message)) this.#start();
    });
  }

  /** Takes text, or bytes of UTF-8; resolves when its whole lines are read. */
  async take(chunk: string | Uint8Array): Promise<void> {
    this.#text += typeof chunk === "string" ? chunk : this.#decoder.decode(chunk, { stream: true });
    if (this.#isHeld) {
      // In a turn of its own: after a long pause timers run before messages.
      this.#timer ??= setTimeout(() => setTimeout(() => this.#start()), CONFIG_TIMEOUT_MS);
      await this.#released;
    }
    const end = this.#text.lastIndexOf("\n") + 1;
    const whole = this.#text.slice(0, end);
    this.#text = this.#text.slice(end);
    await this.#readInTurns(whole);
  }

  /** Reads a last line that has no end. */
  end(): void {
    this.#reader.read(this.#text + this.#decoder.decode());
    this.#text = "";
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#release();
    this.#isHeld = false;
  }

  /** Gives connections a turn now and then: a text may be megabytes long. */
  async #readInTurns(text: string): Promise<void> {
    for (let from = 0; from < text.length;) {
      const least = from + TURN_LENGTH;
      const end = least < text.length ? text.indexOf("\n", least) + 1 : text.length;
      this.#reader.read(text.slice(from, end));
      from = end;
      if (from < text.length) await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

/** The method that thread-stream calls when a program flushes its logger. */
interface Flushable {
  flush(): Promise<void>;
}

function streamOf(lines: Lines, handler: Handler): Writable & Flushable {
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string | Uint8Array, _encoding, done) {
      lines.take(chunk).then(() => done(), done);
    },
    final(done) {
      lines.end();
      handler.close().then(() => done(), done);
    },
  });
  return Object.assign(stream, {
    flush: async () => {
      if (stream.writableLength > 0 && !stream.writableEnded) {
        await new Promise<void>((resolve) => stream.write("", () => resolve()));
      }
      await handler.flush();
    },
  });
}
