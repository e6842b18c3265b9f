/**
 * `./cli`: a log server in one command, with a page to watch, and two tools beside it. It is made of
 * what this module exports, so that a program can do all of it too.
 *
 * ```sh
 * npx @logwire/logging receive
 * bunx @logwire/logging receive
 * deno run --allow-all jsr:@logwire/logging/cli receive
 * ```
 *
 * - `receive` takes records of Python's `SocketHandler` (port 9020), `DatagramHandler` (9021, UDP) and
 *   `HTTPHandler` (9022), syslog (5514, UDP and TCP), and Fluentd's Forward (24224); prints them as lines; and serves a page at
 *   port 8020 that shows them as they arrive. Everything listens at 127.0.0.1.
 * - `send` sends each line of its input as a record: `tail -f app.log | npx @logwire/logging send`.
 * - `spool ls`, `spool verify` and `spool drain` look after a folder of `./spool`.
 *
 * ## Options
 *
 * `receive --help` lists all. Of each listener:
 *
 * - `--pickle 9030` moves it, `--pickle 9020 --pickle 10.0.0.5:9020` makes two, `--pickle off` turns it
 *   off; likewise `--pickle-udp`, `--http`, `--syslog`, `--syslog-udp`, `--fluent`, `--relp` (none by
 *   default) and `--page`. `--host` is the host of all of them.
 * - `--pickle` takes objects of JSON in frames, too, which clients of the viewer `cutelog` send (not
 *   msgpack or CBOR), and our `SocketHandler` with the serializer `json`.
 * - `--syslog` takes Docker's log driver with `syslog-address=tcp://HOST:5514` and any `syslog-format`;
 *   the logger is Docker's `tag`.
 * - `--syslog-delimiter nul` keeps a traceback of Python's `SysLogHandler` over TCP whole, if no sender
 *   ends its messages with a line feed.
 * - `--out FILE` writes the records to a file, as lines of JSON or with `--out-format text`.
 *   `--max-bytes 10MiB` or `--when midnight`, `--backup-count` and `--gzip` are the options of
 *   `./file-handlers`. The page searches these files, compressed ones of up to 64 MiB of text too.
 * - `--forward tcp://logs.example:9020` passes all records on, with `--forward-token`,
 *   `--forward-signing-key` or `--forward-shared-key` if that server asks for one; `--config FILE` reads
 *   a dictionary in JSON for `dictConfig()`, which may have any handler. `--level` and `--name` choose
 *   records.
 * - `--memory 64MiB` is the memory for the records that the page can show: the oldest are forgotten.
 *
 * ## Who may connect
 *
 * The page, its API, `/metrics` and the intake over HTTP always need the token that is printed at the
 * start: the page by the printed address, a program by `Authorization: Bearer`, Python's `HTTPHandler`
 * by `credentials=("any", token)`, or in Python 2, which cannot send these, by the address
 * `"/log?access_token=" + token`: proxies may log it, and the page does not take it there. `--token`, or the variable `LOGWIRE_TOKEN`, gives one that stays the
 * same. A listener of pickles or syslog at another address than loopback needs `--allow 10.0.0.0/8`,
 * `--tls-cert`, `--tls-key` and `--tls-ca` (each sender has a certificate), `--signing-key FILE` for
 * pickles, or `--shared-key FILE` for Forward.
 *
 * Nothing that is received is executed or fetched. Records are shown as text: control characters are
 * escaped on the terminal, in files and on the page.
 *
 * ## When it ends
 *
 * At SIGINT or SIGTERM `receive` reads what senders have sent, writes it, passes it on, and prints the
 * account: how many records came, and how many of them were sent on or lost. A second signal ends it
 * at once. `send` ends with status 1 if a record was dropped.
 *
 * ## Errors
 *
 * A port in use, a missing permission, a file that cannot be read or a wrong option is one sentence on
 * stderr, and status 1.
 *
 * Runs on Deno, Bun and Node. Deno needs `--allow-net`, `--allow-env`, and `--allow-read` and
 * `--allow-write` for files.
 *
 * @example Run a command within a program
 * ```ts
 * import { mkdtempSync, rmSync } from "node:fs";
 * import { run } from "jsr:@logwire/logging/cli";
 *
 * const folder = mkdtempSync("/tmp/app-spool-");
 * const lines: string[] = [];
 * const status = await run(["spool", "ls", folder], { print: (line) => lines.push(line) });
 * console.assert(status === 0 && lines[0]?.includes("not in use"));
 * rmSync(folder, { recursive: true });
 * ```
 *
 * @module
 */
import { realpathSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Readable } from "node:stream";
import { Command, CommanderError } from "commander";
import type { Handler } from "../logging/handler.ts";
import type { DeliveryStats } from "../delivery/delivery_event.ts";
import { fileSpool } from "../files/spool/file_spool.ts";
import { CommandError } from "./_command_error.ts";
import { checkKeys, DESTINATIONS, handlerFor } from "./_destination.ts";
import { variable } from "./_environment.ts";
import { keyOf, receive, type ReceiveOptions } from "./_receive_command.ts";
import { levelOf } from "./_receive_options.ts";
import { send } from "./_send_command.ts";
import { drainCommand, listCommand, verifyCommand } from "./_spool_command.ts";
import { VERSION } from "./_version.ts";

/** The surroundings of a command; by default those of the process. */
export interface CommandSurroundings {
  /** Gets each line of the result. @default standard output */
  print?: (line: string) => void;
  /** Gets each line about the run: addresses, the account, errors. @default standard error */
  say?: (line: string) => void;
  /** The text that `send` reads. @default standard input */
  input?: Readable;
  /** Aborting it ends `receive` as a signal does. @default SIGINT and SIGTERM */
  signal?: AbortSignal;
}

/** Runs a command to its end, and returns the status for the process: 0 if all went well, else 1. */
export async function run(
  args: readonly string[],
  surroundings: CommandSurroundings = {},
): Promise<number> {
  const {
    print = (line: string) => void process.stdout.write(`${line}\n`),
    say = (line: string) => void process.stderr.write(`${line}\n`),
    input = process.stdin,
    signal,
  } = surroundings;
  const write = surroundings.print === undefined
    ? writeLine
    : (line: string) => Promise.resolve(print(line));
  const result = { status: 0 };
  const program = programOf({ print, write, say, input, signal }, result);
  try {
    await program.parseAsync([...args], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
    say(`logwire: ${error instanceof Error ? error.message : String(error)}`);
    // A fault of this module, not of the command line.
    if (!isExpected(error) && error instanceof Error) say(String(error.stack));
    return 1;
  }
  return result.status;
}

/** An option of a handler that was given a wrong value says so itself. */
function isExpected(error: unknown): boolean {
  return error instanceof CommandError || /^Cannot /.test(String(Object(error).message));
}

type Surroundings = Required<Omit<CommandSurroundings, "signal">> & {
  signal: AbortSignal | undefined;
  /** Prints a line; resolves when the system has taken it. */
  write(line: string): Promise<void>;
};

function writeLine(line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(`${line}\n`, (error) => error ? reject(error) : resolve());
  });
}

function programOf(surroundings: Surroundings, result: { status: number }): Command {
  const { print, write, say, input, signal } = surroundings;
  const lines = (write: (line: string) => void) => (text: string) => write(text.trimEnd());
  const program = new Command("logwire")
    .description("A log server with a page to watch, and tools beside it.")
    .version(VERSION, "--version", "print the version")
    .exitOverride()
    .configureOutput({ writeOut: lines(print), writeErr: lines(say) });
  receiveOptions(program.command("receive"))
    .action(async (options: ReceiveOptions) => {
      const { connector } = await import("../adapters/auto.ts");
      await receive(options, { connector, say, stopped: stopOf(signal) });
    });
  program.command("send")
    .description("Sends each line of the input as a record; a JSON object becomes its fields.")
    .argument("[address]", `the server; one of ${DESTINATIONS}`, "tcp://127.0.0.1:9020")
    .option("--level <level>", "the level of lines that name none", "INFO")
    .option("--name <logger>", "the logger of lines that name none", "stdin")
    .option("--spool <folder>", "keep records on the disk until the server has taken them")
    .option("--token <token>", "the token of a server over HTTP (or LOGWIRE_TOKEN)")
    .option("--signing-key <file>", "the key to sign pickles with")
    .option("--shared-key <file>", "the key of a server of Forward")
    .action(async (address: string, options: SendOptions) => {
      const { connector } = await import("../adapters/auto.ts");
      const { level, name, spool, token = variable("LOGWIRE_TOKEN") } = options;
      const keys = { signingKey: keyOf(options.signingKey), sharedKey: keyOf(options.sharedKey) };
      checkKeys([address], keys, "--");
      const handler = handlerFor(address, {
        ...{ connector, token, ...keys },
        spool: spool === undefined ? undefined : fileSpool(spool),
      }) as Handler & { readonly stats: DeliveryStats };
      const stats = await send(input, handler, { level: levelOf(level), name });
      const { sent, droppedTotal, queued } = stats;
      say(
        `logwire: ${sent} records sent${queued > 0 ? `, ${queued} kept in the spool` : ""}` +
          `${droppedTotal > 0 ? `, ${droppedTotal} dropped` : ""}`,
      );
      if (droppedTotal > 0) result.status = 1;
    });
  const spool = program.command("spool").description("Looks after the folder of a spool.");
  spool.command("ls").description("Lists its segments.").argument("<folder>")
    .action((folder: string) => listCommand(folder, print));
  spool.command("verify").description("Reads all records, and counts those that are damaged.")
    .argument("<folder>")
    .action((folder: string) => {
      if (!verifyCommand(folder, print)) result.status = 1;
    });
  spool.command("drain").description("Prints all records as lines, and removes them.")
    .argument("<folder>")
    .action(async (folder: string) => {
      say(`logwire: ${await drainCommand(folder, write)} records drained`);
    });
  return program;
}

interface SendOptions {
  readonly level: string;
  readonly name: string;
  readonly spool?: string;
  readonly token?: string;
  readonly signingKey?: string;
  readonly sharedKey?: string;
}

/** Gathers the values of an option that may be given several times. */
function several(value: string, values: string[] = []): string[] {
  return [...values, value];
}

function receiveOptions(command: Command): Command {
  return command
    .description("Takes records, prints them, and shows them on a page.")
    .option("--host <host>", "the host of all listeners and of the page (127.0.0.1)")
    .option(
      "--pickle <address>",
      "Python's SocketHandler, or JSON of clients of cutelog: a port, an address, or off (9020)",
      several,
    )
    .option("--pickle-udp <address>", "Python's DatagramHandler (9021)", several)
    .option(
      "--http <address>",
      "Python's HTTPHandler, JSON, lines of JSON and OTLP (9022)",
      several,
    )
    .option("--syslog <address>", "syslog over TCP (5514)", several)
    .option("--syslog-udp <address>", "syslog over UDP (5514)", several)
    .option("--syslog-delimiter <end>", "the end of its messages: lf, nul or either (either)")
    .option("--relp <address>", "syslog over RELP (off)", several)
    .option("--fluent <address>", "Forward, of Fluentd and Fluent Bit (24224)", several)
    .option("--page <address>", "the page, its API and /metrics (8020)")
    .option("--token <token>", "the token of the page and of --http (a random one)")
    .option("--host-name <name>", "a further name of this server in its addresses", several)
    .option("--allow <network>", "the machines that may send, as 10.0.0.0/8 (all)", several)
    .option("--tls-cert <file>", "a certificate: TCP and HTTP are encrypted")
    .option("--tls-key <file>", "its private key")
    .option("--tls-ca <file>", "the authorities of the certificates that senders must have")
    .option("--signing-key <file>", "the key that pickles are signed with")
    .option("--shared-key <file>", "the key that senders of Forward must have")
    .option("--max-connections <count>", "the most connections of a listener (1024)")
    .option("--memory <bytes>", "the memory for the records that the page can show (64MiB)")
    .option("--level <level>", "take only records of this level and above")
    .option("--name <logger>", "take only records of this logger and those below it", several)
    .option("--out <file>", "write records to a file")
    .option("--out-format <format>", "json or text (json)")
    .option("--max-bytes <bytes>", "begin a new file before it is larger")
    .option("--when <unit>", "begin a new file each S, M, H, D, midnight or W0 to W6")
    .option("--interval <count>", "so many units of --when (1)")
    .option("--backup-count <count>", "keep so many old files")
    .option("--gzip", "compress old files")
    .option("--config <file>", "a dictionary in JSON for dictConfig()")
    .option("--forward <address>", `pass records on to a server (${DESTINATIONS})`, several)
    .option("--forward-token <token>", "the token of a server over HTTP")
    .option("--forward-signing-key <file>", "the key to sign pickles with that are passed on")
    .option("--forward-shared-key <file>", "the key of a server of Forward")
    .option("--color <when>", "auto, always or never (auto)")
    .option("--quiet", "print no records");
}

/** Two signals within so many milliseconds are one. */
const DOUBLE_SIGNAL_MS = 500;

/** Resolves at the signal that ends the command; a second one ends the process at once. */
function stopOf(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal !== undefined) {
      if (signal.aborted) resolve();
      signal.addEventListener("abort", () => resolve(), { once: true });
      return;
    }
    let since: number | undefined;
    const stop = () => {
      // npx passes on the signal that a terminal has sent to this process too.
      if (since !== undefined && Date.now() - since > DOUBLE_SIGNAL_MS) process.exit(130);
      since ??= Date.now();
      resolve();
    };
    for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, stop);
  });
}

/** Says whether this file is the program, and not a part of another one. */
function isProgram(): boolean {
  const { main } = import.meta as { main?: boolean };
  if (main !== undefined) return main;
  try {
    return realpathSync(process.argv[1] ?? "") === fileURLToPath(import.meta.url);
  } catch {
    return false;
  }
}

if (isProgram()) {
  // No `await` here, so that `require()` loads this file too.
  void run(process.argv.slice(2)).then((status) => {
    process.exitCode = status;
    // An input that is not read to its end would hold the process.
    process.stdin.destroy();
  });
}
