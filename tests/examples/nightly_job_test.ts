import { assert, assertEquals } from "@std/assert";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { connector } from "../../src/adapters/auto.ts";
import { SyslogReceiver } from "../../src/receivers/syslog_receiver.ts";
import { runProgram } from "../interop/programs.ts";
import { runtime, test } from "../test.ts";

const program = import.meta.resolve("./nightly_job.ts");
const tls = (file: string) => fileURLToPath(new URL(`../testdata/tls/${file}`, import.meta.url));

/** Runs the job twice, the second time with an amount that is none; asserts what arrives. */
async function assertArrives(job: string, folder: string, denoFlags: string[]): Promise<void> {
  const messages: string[] = [];
  const receiver = new SyslogReceiver("127.0.0.1", 0, {
    acceptor: connector,
    transport: "tcp",
    tls: {
      cert: readFileSync(tls("server.pem"), "utf8"),
      key: readFileSync(tls("server.key"), "utf8"),
    },
  });
  receiver.handleLogRecord = (record) => {
    messages.push(`${record.app_name} ${record.levelname} ${record.getMessage()}`);
  };
  await receiver.start();
  const { address } = receiver;
  assert(address.transport === "tcp");
  const env = {
    LOG_HOST: "localhost",
    LOG_PORT: String(address.port),
    LOG_CA: tls("ca.pem"),
    LOG_FILE: join(folder, "nightly.log"),
  };
  const outputs = [
    await runProgram(job, [3, 5], 0, { env, denoFlags }),
    await runProgram(job, [3, "seven"], 1, { env, denoFlags }),
  ];
  assertEquals(outputs, Array(2).fill({ stdout: "", stderr: "" }));
  await receiver.stop();
  const expected = [
    ...["INFO booked 3", "INFO booked 5", "INFO ended, 0 failed"],
    ...["INFO booked 3", "ERROR no amount: 'seven'", "INFO ended, 1 failed"],
  ];
  assertEquals(messages, expected.map((line) => `nightly ${line}`));
  const lines = readFileSync(env.LOG_FILE, "utf8").trim().split("\n");
  assertEquals(lines.map((line) => line.replace(/^\S+ \S+ /, "")), expected);
}

/** Runs `fn` with a folder that is removed afterwards. */
async function withFolder(fn: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "logwire-job-"));
  try {
    await fn(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const denoFlags = ["--allow-read", "--allow-write"];

test("the nightly job's records arrive before process.exit() ends it with its status", async () => {
  await withFolder((folder) => assertArrives(program, folder, denoFlags));
});

test("the nightly job's records arrive before Deno.exit() ends it with its status", async () => {
  await withFolder(async (folder) => {
    const copy = join(folder, "nightly_job.ts");
    const source = readFileSync(new URL(program), "utf8");
    assert(source.includes("\nprocess.exit("));
    writeFileSync(copy, source.replace("\nprocess.exit(", "\nDeno.exit("));
    // Else the copy would know nothing of the package that deno.json describes.
    const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
    await assertArrives(pathToFileURL(copy).href, folder, [...denoFlags, `--config=${config}`]);
  });
}, { skip: runtime !== "deno" && "Deno alone has Deno.exit()" });
