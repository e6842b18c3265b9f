/**
 * Values that CPython sends in `extra`, through the receiver into formatters: they are written as
 * Python prints them.
 */
import { assert, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { connector } from "../../src/adapters/auto.ts";
import { ConsoleFormatter } from "../../src/logging/console_formatter.ts";
import { Formatter } from "../../src/logging/formatter.ts";
import { JSONFormatter } from "../../src/logging/json_formatter.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { LogRecordSocketReceiver } from "../../src/receivers/socket_receiver.ts";
import { test } from "../test.ts";
import { type Python, pythons, runScript, withoutPython } from "./python.ts";

const script = fileURLToPath(new URL("./extra_sender.py", import.meta.url));

/** The text of a member of an Enum is the call that returns it: its pickle has no name. */
const CALLS: Record<string, RegExp> = {
  red: /^Color\(1\)$/,
  green: /^Color\('green'\)$/,
  point: /^Point\(1, 2\)$/,
};

async function recordsOf(python: Python): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  const receiver = new LogRecordSocketReceiver("127.0.0.1", 0, { acceptor: connector });
  receiver.handleLogRecord = (record) => void records.push(record);
  await receiver.start();
  const { port } = receiver.address as { port: number };
  await runScript(python.path, script, port);
  await receiver.stop();
  return records;
}

function checkTexts(record: LogRecord, python: string): void {
  const texts = record.texts as Record<string, string>;
  const line = JSON.parse(new JSONFormatter().format(record));
  const shown = new ConsoleFormatter({ colors: false }).format(record);
  const format = (name: string) => new Formatter(`%(${name})s`).format(record);
  for (const [name, text] of Object.entries(texts)) {
    const where = `${name} of ${record.name}, ${python}`;
    assertEquals(format(name), text, where);
    // A Decimal is a number there.
    assertEquals(String(line[name]), name === "price" ? "1.5" : text, where);
    assert(shown.includes(` ${name}=${text}`), `${where}: ${shown}`);
  }
  for (const name of record.calls as string[]) {
    for (const text of [format(name), line[name]]) {
      assert(CALLS[name]?.test(text), `${name} of ${record.name}, ${python}: ${text}`);
    }
    assert(shown.includes(` ${name}=${format(name)}`), shown);
  }
}

test(
  "values in the extra of every CPython here, by each protocol, are written as it prints them",
  async () => {
    for (const python of pythons()) {
      const records = await recordsOf(python);
      assert(records.length >= 4, `${python.version} sent ${records.length}`);
      for (const record of records) checkTexts(record, python.version);
    }
  },
  { skip: withoutPython() },
);
