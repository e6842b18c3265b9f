/** Programs that end while their server has not begun to read: what the wait at exit saves. */
import { assert, assertEquals } from "@std/assert";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { runtime, test } from "../test.ts";
import { runProgram } from "./programs.ts";
import { python3, withoutPython } from "./python.ts";

const skip = withoutPython();

const RECORDS = 20_000;

interface Arrived {
  /** Whole records, and whether none is missing before the last one. */
  whole: number;
  inOrder: boolean;
  /** Bytes of a record that was cut. */
  cut: number;
}

interface Outcome extends Arrived {
  emitted: number;
  sent: number;
  droppedTotal: number;
  stderr: string;
}

interface Scenario {
  /** When the server begins to read: after so many milliseconds, or when the program has ended. */
  reads: number | "told";
  ending?: string;
  kind?: string;
  exitTimeoutMs?: number;
  batchMs?: number;
  adapter?: string;
}

/** Runs the program against a server that reads late. */
async function outcome(scenario: Scenario): Promise<Outcome> {
  const { reads, ending = "exits", kind = "socket" } = scenario;
  const { exitTimeoutMs = 1000, batchMs = 0, adapter = "auto" } = scenario;
  const script = fileURLToPath(new URL("late_receiver.py", import.meta.url));
  const args = [script, String(reads), kind === "syslog" ? "nul" : "frame"];
  const server: ChildProcess = spawn(python3()!, args, { stdio: ["pipe", "pipe", "inherit"] });
  const closed = once(server, "close");
  try {
    const lines = createInterface({ input: server.stdout! })[Symbol.asyncIterator]();
    const { value: port = "" } = await lines.next();
    const { stdout, stderr } = await runProgram(
      "late_exit_program.ts",
      [ending, kind, port, RECORDS, exitTimeoutMs, batchMs, adapter],
      ending === "throws" ? 1 : 0,
      { denoFlags: ["--allow-read"] },
    );
    server.stdin!.end("read\n");
    const { value: arrived = "" } = await lines.next();
    const account = JSON.parse(stdout.trim().split("\n").at(-1)!);
    assertEquals(account.emitted, account.sent + account.queued + account.droppedTotal);
    return { ...account, ...JSON.parse(arrived), stderr };
  } finally {
    server.kill();
    await closed;
  }
}

/**
 * Deno has no synchronous write to a socket, and Bun's `node:net` does not say how much of a write waits:
 * these save what the kernel has room for.
 */
const waits = (adapter = "auto") => runtime === "node" || runtime === "bun" && adapter === "auto";

/** A write whose end a runtime does not report counts as lost, though it may arrive. */
function assertExact(result: Outcome, adapter?: string): void {
  const { sent, whole, inOrder, droppedTotal, stderr } = result;
  assert(inOrder, "records arrive in order, without a gap");
  if (waits(adapter)) assertEquals(whole, sent);
  else assert(whole >= sent, `${whole} arrived, ${sent} count as sent`);
  const said = /(\d+) records lost/.exec(stderr)?.[1] ?? "0";
  assertEquals(Number(said), droppedTotal, stderr);
}

for (const [kind, adapter] of [["socket", "auto"], ["syslog", "auto"], ["socket", "node"]]) {
  for (const ending of ["exits", "throws"]) {
    const title = `${ending} with 20,000 records for a ${kind} handler of ./${adapter}`;
    const saves = waits(adapter) ? "loses none" : "counts those that it loses";
    test(
      `a program that ${title} ${saves} where the server reads half a second late`,
      async () => {
        const result = await outcome({ reads: 500, ending, kind: kind!, adapter: adapter! });
        if (runtime === "deno" && ending === "throws") {
          // The process may go on, so that little is written.
          assert(result.inOrder);
          return;
        }
        assertExact(result, adapter);
        if (waits(adapter)) assertEquals([result.whole, result.cut], [RECORDS, 0], result.stderr);
        else assert(result.whole > 0);
      },
      { skip },
    );
  }
}

test(
  "a program whose server does not read ends when exitTimeoutMs is over, and counts the loss",
  async () => {
    const result = await outcome({ reads: "told", exitTimeoutMs: 300 });
    assertExact(result);
    assert(result.droppedTotal > 0);
  },
  { skip },
);

test(
  "a program with exitTimeoutMs 0 does not wait for its server, and counts the loss",
  async () => {
    const result = await outcome({ reads: "told", exitTimeoutMs: 0 });
    assertExact(result);
    assert(result.droppedTotal > 0);
  },
  { skip },
);

test("records that batchMs holds are written at exit", async () => {
  const result = await outcome({ reads: 500, batchMs: 60_000 });
  assertExact(result);
  if (waits()) assertEquals([result.whole, result.cut], [RECORDS, 0]);
}, { skip });

test("a record of an exit listener that follows a cut frame is not written behind it", async () => {
  const result = await outcome({ reads: "told", ending: "logs in exit", exitTimeoutMs: 50 });
  assert(result.inOrder);
  if (waits()) assertEquals([result.whole, result.emitted], [result.sent, RECORDS + 1]);
}, { skip });
