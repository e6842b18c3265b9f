import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommandError } from "../../src/collector/_command_error.ts";
import { drainCommand, listCommand, verifyCommand } from "../../src/collector/_spool_command.ts";
import { fileSpool, listSpool } from "../../src/files/spool/file_spool.ts";
import { SocketHandler } from "../../src/handlers/socket_handler.ts";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import { connector } from "../../src/adapters/auto.ts";
import { test } from "../test.ts";

test("the commands list, verify and drain a spool", async () => {
  const folder = mkdtempSync(join(tmpdir(), "logwire-spool-"));
  const handler = new SocketHandler("127.0.0.1", 9, {
    connector,
    spool: fileSpool(folder),
    onEvent: () => {},
    closeTimeoutMs: 0,
  });
  handler.handle(makeLogRecord({ name: "shop", msg: "low on %s", args: ["ink"] }));
  await handler.close();
  const lines: string[] = [];
  const print = (line: string) => void lines.push(line);
  const write = (line: string) => Promise.resolve(print(line));
  listCommand(folder, print);
  assert(lines[0]!.includes("not in use") && lines[1]!.includes("from record"), lines.join("\n"));
  assertEquals(verifyCommand(folder, print), true);
  assert(lines.at(-1)!.endsWith("1 records (SocketHandler pickle), 0 damaged"), lines.at(-1));
  appendFileSync(listSpool(folder)[0]!.segments[0]!.path, "damage");
  assertEquals(verifyCommand(folder, print), false);
  await assertRejects(() => drainCommand(folder, () => Promise.reject(new Error("EPIPE"))));
  // The line that could not be written is still there.
  assertEquals(await drainCommand(folder, write), 1);
  const { name, msg } = JSON.parse(lines.at(-1)!);
  assertEquals([name, msg], ["shop", "low on ink"]);
  assertEquals(await drainCommand(folder, write), 0);
  rmSync(folder, { recursive: true });
});

test("the commands say in a sentence that there is no such folder", async () => {
  const folder = join(tmpdir(), "logwire-no-such-folder");
  assertThrows(() => listCommand(folder, () => {}), CommandError, "there is no such file");
  assertThrows(() => verifyCommand(folder, () => {}), CommandError, "cannot read the spool");
  await assertRejects(
    () => drainCommand(folder, () => Promise.resolve()),
    CommandError,
    "cannot drain",
  );
});
