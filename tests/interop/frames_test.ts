/** Frames are CPython's to the byte: by `makePickle()`, and by the shorter way that `emit()` takes. */
import { assertEquals } from "@std/assert";
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { MemoryNetwork } from "../../src/testing/memory.ts";
import { SocketHandler } from "../../src/handlers/socket_handler.ts";
import { LogRecord } from "../../src/logging/log_record.ts";
import { test } from "../test.ts";
import { pythons, withoutPython } from "./python.ts";

const script = fileURLToPath(new URL("frames.py", import.meta.url));

/** The values of a case's record, under the names of its attributes. */
const plain = {
  name: "myapp.area1",
  levelno: 20,
  msg: "Jackdaws love my big sphinx of quartz.",
  args: [] as unknown[],
  created: 1763647200.125,
  msecs: 125,
  relativeCreated: 1234.5,
  process: 4711,
  exc_text: null as string | null,
  extra: {} as Record<string, unknown>,
};
const cases: (typeof plain)[] = [
  plain,
  plain,
  { ...plain, created: 1763647201.5, msecs: 500, process: 70_000 },
  { ...plain, msg: "Jackdaws love %d sphinxes of %s.", args: [7, "quartz"] },
  { ...plain, msg: "" },
  { ...plain, msg: "späm, 爱 and 🐍" },
  { ...plain, msg: "long ".repeat(1000) },
  { ...plain, msg: "very long ".repeat(7000) },
  { ...plain, name: "root", levelno: 50, process: 255 },
  { ...plain, levelno: 35, process: 65_536 },
  { ...plain, levelno: 40, exc_text: "Traceback (most recent call last):\nValueError: spam" },
  {
    ...plain,
    extra: { user: "anna", age: 1_000_000, share: 0.5, admin: true, gone: null, big: 2 ** 40 },
  },
];

function recordOf({ name, levelno, msg, args, extra, ...rest }: typeof plain): LogRecord {
  const { created, msecs, relativeCreated, process, exc_text } = rest;
  const record = new LogRecord(
    ...[name, levelno, "(unknown file)", 0, msg, args, null] as const,
    "(unknown function)",
  );
  return Object.assign(record, { created, msecs, relativeCreated, process, exc_text }, extra);
}

const hex = (bytes: Uint8Array) =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

for (const { version, path } of pythons().filter(({ version }) => !version.startsWith("2."))) {
  test(`frames of plain text are those of CPython ${version}, to the byte`, async () => {
    const frames = execFileSync(path, [script], { input: JSON.stringify(cases) }).toString()
      .trim().split("\n");
    const connector = new MemoryNetwork();
    const handler = new SocketHandler("localhost", 9020, { connector });
    for (const [i, given] of cases.entries()) {
      assertEquals(hex(handler.makePickle(recordOf(given))), frames[i], `makePickle(): case ${i}`);
    }
    handler.emit(recordOf(plain));
    await handler.flush();
    const before = connector.peer.received.length;
    // On the open connection `emit()` encodes straight into the chunk that is sent.
    for (const given of cases) handler.emit(recordOf(given));
    await handler.flush();
    assertEquals(hex(connector.peer.received.subarray(before)), frames.join(""));
    await handler.close();
  }, { skip: withoutPython() });
}
