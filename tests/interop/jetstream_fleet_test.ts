/**
 * Senders on three runtimes and two listeners around a nats-server, all of which are killed: every
 * record is handled at least once.
 */
import { jetstreamManager } from "@nats-io/jetstream";
import { assert, assertEquals } from "@std/assert";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Dice } from "../delivery/scripted_faults.ts";
import { binaryOf } from "../faults/commands.ts";
import { isLong } from "../long_form.ts";
import { runtime, test } from "../test.ts";
import { until } from "../until.ts";
import { NatsServer, STREAM, withoutNats } from "./nats_server.ts";
import { printed, type RunningProgram, startProgram } from "./programs.ts";
import { python3, withoutPython } from "./python.ts";

const skip = runtime === "node"
  ? withoutNats || withoutPython()
  : "its programs run on all three runtimes: from Node is enough";

/** How often the server, and a listener, are killed. */
const KILLS = isLong ? 10 : 1;
/** Records of each sender. */
const COUNT = isLong ? 30_000 : 5000;

const seed = Number(process.env.LOGWIRE_SEED ?? Date.now() % 1e6);

/** How each runtime runs a program. */
const ways: Record<string, string[]> = {
  deno: ["run", "--allow-all", "--no-check"],
  bun: [],
  node: ["--import", "tsx"],
};

function start(name: string, on: string, args: (string | number)[]): RunningProgram {
  const command = [binaryOf(on), ...ways[on]!];
  return startProgram(name, args, { command, hasStdin: true });
}

function kill({ child, ended }: RunningProgram): Promise<unknown> {
  child.kill("SIGKILL");
  return ended;
}

/** The number that a sender has logged by now. */
function loggedBy({ output }: RunningProgram): number {
  return Number(/.*^logged (\d+)$/ms.exec(output.stdout)?.[1] ?? 0);
}

/** The lines that listeners have written, each to a file of its own. */
class WrittenLines {
  readonly byFile = new Map<string, string[]>();
  readonly distinct = new Set<string>();
  readonly #read = new Map<string, number>();

  /** Reads what is new; the number of distinct lines. */
  update(): number {
    for (const [file, lines] of this.byFile) {
      if (!existsSync(file)) continue;
      const from = this.#read.get(file) ?? 0;
      const bytes = readFileSync(file).subarray(from);
      const whole = bytes.subarray(0, bytes.lastIndexOf("\n") + 1);
      this.#read.set(file, from + whole.length);
      for (const line of whole.toString().split("\n").slice(0, -1)) {
        lines.push(line);
        this.distinct.add(line);
      }
    }
    return this.distinct.size;
  }
}

/** The batches of the stream, as a plain Python program reads them: of each the lines of its records. */
function readByPython(port: number): { id: string; lines: string[] }[] {
  const script = fileURLToPath(new URL("jetstream_reader.py", import.meta.url));
  const printed = execFileSync(python3()!, [script, String(port), STREAM], {
    encoding: "utf8",
    maxBuffer: 2 ** 30,
  });
  return printed.trimEnd().split("\n").map((line) => {
    const { id, records } = JSON.parse(line) as { id: string; records: [string, string][] };
    return { id, lines: records.map(([name, text]) => `${name} ${text}`) };
  });
}

test(
  "a fleet around a nats-server that is killed, and a listener and a sender, loses nothing",
  async () => {
    const dice = new Dice(seed);
    const folder = mkdtempSync(join(tmpdir(), "logwire-fleet-"));
    await using server = await NatsServer.start();
    const manager = await jetstreamManager(await server.connect());
    await manager.consumers.add(STREAM, {
      durable_name: "files",
      ack_policy: "explicit",
      ack_wait: 1_000_000_000,
      filter_subject: "logs.>",
    });
    const written = new WrittenLines();
    const running = new Set<RunningProgram>();
    const run = (name: string, on: string, args: (string | number)[]) => {
      const program = start(name, on, args);
      running.add(program);
      program.ended.then(() => running.delete(program));
      return program;
    };
    const listen = (on: string) => {
      const file = join(folder, `${written.byFile.size}.log`);
      written.byFile.set(file, []);
      return run("jetstream_listener_program.ts", on, [server.port, file]);
    };
    const send = (on: string, first: number, ...spool: string[]) => {
      const aTurn = 1 + dice.roll(100);
      return run("jetstream_sender_program.ts", on, [
        server.port,
        on,
        first,
        COUNT,
        aTurn,
        ...spool,
      ]);
    };

    try {
      const listeners = [listen("node"), listen("bun")];
      const spool = join(folder, "spool");
      const senders = [send("deno", 0), send("bun", 0), send("node", 0, spool)];
      for (let count = 0, at = 0; count < KILLS; count++) {
        at += Math.ceil((1 + dice.roll(COUNT)) / KILLS / 2);
        await until(() => senders.every((sender) => loggedBy(sender) >= at), () => "the senders");
        await server.kill();
        await server.launch();
        const before = written.update();
        await until(() => written.update() > before, () => "the listeners");
        await kill(listeners[count % 2]!);
        listeners[count % 2] = listen(dice.pick("node", "bun", "deno"));
      }
      // The sender with a spool is killed, too: another process goes on, and sends what it has left.
      const [, , spooled] = senders;
      await kill(spooled!);
      const first = loggedBy(spooled!);
      senders[2] = send("node", first, spool);
      const accounts = await Promise.all(senders.map(async (sender) => {
        const [text] = await printed(sender, /^\{.*\}$/m);
        assertEquals(await sender.ended, 0, sender.output.stderr);
        return JSON.parse(text) as Record<string, number>;
      }));
      for (const { emitted, recovered, sent, queued, droppedTotal } of accounts) {
        assertEquals([emitted! + recovered!, queued, droppedTotal], [sent, 0, 0]);
      }
      const expected = ["deno", "bun", "node"].flatMap((name) =>
        Array.from({ length: COUNT }, (_, number) => `${name} #${number}`)
      );
      await until(
        () => written.update() === expected.length,
        () => `${written.distinct.size} of ${expected.length}`,
      );
      const stats = await Promise.all(listeners.map(async (listener) => {
        listener.child.stdin!.end();
        const [text] = await printed(listener, /^\{.*\}$/m);
        assertEquals(await listener.ended, 0, listener.output.stderr);
        return JSON.parse(text) as Record<string, number>;
      }));
      for (const { delivered, acknowledged, duplicates, rejected, pending } of stats) {
        assertEquals(acknowledged! + duplicates! + rejected! + pending!, delivered);
        assertEquals([rejected, pending], [0, 0]);
      }
      const { num_ack_pending, num_pending } = await manager.consumers.info(STREAM, "files");
      assertEquals([num_ack_pending, num_pending], [0, 0]);

      const all = [...written.byFile.values()];
      const distinct = (lines: string[]) => [...new Set(lines)].sort();
      assertEquals(distinct(all.flat()), [...expected].sort(), "each is handled, and no other");
      const batches = readByPython(server.port);
      assertEquals(distinct(batches.flatMap(({ lines }) => lines)), [...expected].sort());
      assertEquals(new Set(batches.map(({ id }) => id)).size, batches.length, "no id comes twice");
      // Wherever the first record of a batch is handled, the others follow.
      let orderly = 0;
      for (const lines of all) {
        const places = new Map<string, number[]>();
        lines.forEach((line, at) => places.set(line, [...places.get(line) ?? [], at]));
        for (const batch of batches) {
          for (const at of places.get(batch.lines[0]!) ?? []) {
            if (lines[at + batch.lines.length - 1] !== batch.lines.at(-1)) continue;
            assertEquals(lines.slice(at, at + batch.lines.length), batch.lines);
            orderly++;
          }
        }
      }
      assert(orderly >= batches.length, `${orderly} of ${batches.length} batches are in order`);
      const twice = all.flat().length - expected.length;
      process.stderr.write(
        `# server and listener killed ${KILLS} times, a sender once (LOGWIRE_SEED=${seed}): ` +
          `${expected.length} records in ${batches.length} messages, 0 lost, ${twice} handled twice\n`,
      );
    } finally {
      await Promise.all([...running].map(kill));
      rmSync(folder, { recursive: true, force: true });
    }
  },
  { skip },
);
