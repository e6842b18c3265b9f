/** The records of real CPythons: decoded straight, and step by step. */
import { assert, assertEquals } from "@std/assert";
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { RecordDecoder } from "../../src/receivers/_record_decoder.ts";
import { Unpickler } from "../../src/wire/pickle/unpickler.ts";
import { pickle } from "../../src/wire/pickle_serializer.ts";
import { makeReceivedRecord } from "../../src/wire/received_record.ts";
import { test } from "../test.ts";
import { assertSame } from "../wire/pickle/same.ts";
import { fromHex } from "../wire/pickle/recorded_pickles.ts";
import { pythons, withoutPython } from "./python.ts";

const script = fileURLToPath(new URL("logged.py", import.meta.url));

for (const { version, path } of pythons()) {
  test(`records of CPython ${version} are the same, decoded straight and step by step`, () => {
    const decoder = new RecordDecoder(pickle, true);
    const lines = execFileSync(path, [script], { encoding: "utf8" }).trim().split("\n");
    assert(lines.length >= 3 * 24);
    let straight = 0;
    for (let round = 0; round < 8; round++) {
      for (const payload of lines.map(fromHex)) {
        const fields = new Unpickler({ globals: "opaque", encoding: "utf-8-or-latin1" })
          .load(payload) as Record<string, unknown>;
        const expected = makeReceivedRecord(fields);
        const record = decoder.decode(payload) ?? makeReceivedRecord(pickle.loads(payload));
        if (decoder.decode(payload) !== undefined) straight++;
        assertSame({ ...record }, { ...expected });
        assertEquals(Reflect.ownKeys(record), Reflect.ownKeys(expected));
      }
    }
    if (!version.startsWith("2.")) assert(straight > 24, `only ${straight} decoded straight`);
  }, { skip: withoutPython() });
}
