import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import fs from "node:fs";
import { pathToFileURL } from "node:url";
import { ConnectionError, json, SocketHandler } from "../../../mod.ts";
import {
  drainSpool,
  fileSpool,
  type FileSpoolOptions,
  listSpool,
  type Spool,
  verifySpool,
} from "../../../src/files/spool/file_spool.ts";
import { record } from "../../handlers/wire.ts";
import { makeSpool } from "../../../src/files/spool/_make_spool.ts";
import { systemProcesses } from "../../../src/files/spool/_process_identity.ts";
import { systemCalls } from "../../../src/files/spool/_spool_calls.ts";
import { test } from "../../test.ts";
import { until } from "../../until.ts";
import { inFolder } from "../folder.ts";
import { SpoolSetting } from "./spool_setting.ts";

/** A handler whose server is away. */
function handlerWith(spool: Spool, options: object = {}): SocketHandler {
  const connector = {
    connect: () => Promise.reject(new ConnectionError("refused", "scripted")),
  };
  const silent = { connector, onEvent: () => {}, closeTimeoutMs: 0 };
  return new SocketHandler("localhost", 9020, { ...silent, spool, ...options });
}

/** Leaves so many records in a folder. */
async function leave(
  folder: string,
  count: number,
  options: FileSpoolOptions = {},
): Promise<void> {
  const handler = handlerWith(fileSpool(folder, options));
  for (let i = 0; i < count; i++) handler.emit(record(`record ${i}`));
  await handler.close();
}

test("fileSpool() makes no folder, and so opens nothing, until the first record", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/a/b`;
    const handler = handlerWith(fileSpool(pathToFileURL(path)));
    assertEquals(fs.readdirSync(folder), []);
    handler.emit(record("one"));
    assert(fs.existsSync(`${path}/lock`));
    await handler.close();
    assert(!fs.existsSync(`${path}/lock`));
  });
});

test("fileSpool() checks its options", () => {
  // deno-lint-ignore no-explicit-any -- wrong on purpose
  const wrong = (options: any) => () => fileSpool("/nowhere", options);
  assertThrows(wrong({ maxBites: 1 }), TypeError, "there is no option 'maxBites'");
  assertThrows(wrong({ maxBytes: 100 }), RangeError, "maxBytes");
  assertThrows(wrong({ maxBytes: 65536, segmentBytes: 65536 }), RangeError, "segmentBytes");
  assertThrows(wrong({ durability: "never" }), TypeError, "durability");
  assertThrows(wrong({ overflow: "block" }), TypeError, "overflow");
  assertThrows(wrong({ intervalMs: 0 }), RangeError, "intervalMs");
  assertThrows(wrong({ perProcess: 1 }), TypeError, "perProcess");
  assertThrows(() => fileSpool(""), TypeError, "directory");
});

test("a spool serves one handler, which is in queue mode", async () => {
  const spool = fileSpool("/nowhere");
  const handler = handlerWith(spool);
  assertThrows(() => handlerWith(spool), TypeError, "another handler has its spool");
  assertThrows(
    () => handlerWith(fileSpool("/nowhere"), { whileDisconnected: "drop" }),
    TypeError,
    "whileDisconnected",
  );
  await handler.close();
});

test("stats stay balanced while a handler takes over and closes", async () => {
  await inFolder(async (folder) => {
    await leave(folder, 3);
    const handler = handlerWith(fileSpool(folder));
    handler.emit(record("one more"));
    const { emitted, recovered, queued, droppedTotal } = handler.stats;
    assertEquals([emitted, recovered, queued, droppedTotal], [1, 3, 4, 0]);
    await handler.close();
    handler.emit(record("too late"));
    const after = handler.stats;
    assertEquals([after.emitted, after.queued, after.dropped.closed], [2, 4, 1]);
    await handler.flush();
  });
});

test("a spool with records of another serializer is refused", async () => {
  await inFolder(async (folder) => {
    await leave(folder, 1);
    const errors: string[] = [];
    const handler = handlerWith(fileSpool(folder), {
      serializer: json,
      onEvent: (event: { type: string; error?: Error }) =>
        event.type === "spool" && errors.push(event.error!.message),
    });
    handler.emit(record("one"));
    assertEquals(handler.stats.queued, 1);
    await Promise.resolve();
    assert(
      errors[0]?.includes("of the kind 'SocketHandler pickle', not 'SocketHandler json'"),
      errors[0],
    );
    await handler.close();
    assertEquals(listSpool(folder)[0]!.segments.length, 1);
  });
});

test("listSpool() and verifySpool() show segments, and who uses them", async () => {
  await inFolder(async (folder) => {
    await leave(folder, 5);
    const [listing] = listSpool(folder);
    assertEquals([listing!.usedBy, listing!.low, listing!.segments.length], [null, 0, 1]);
    const segment = listing!.segments[0]!;
    assertEquals(verifySpool(folder)[0]!.segments, [{
      ...segment,
      contentType: "SocketHandler pickle",
      records: 5,
      damaged: 0,
      damagedBytes: 0,
    }]);
    const bytes = fs.readFileSync(segment.path);
    bytes[bytes.length - 1]! ^= 1;
    bytes[200]! ^= 1;
    fs.writeFileSync(segment.path, bytes);
    const [damaged] = verifySpool(folder)[0]!.segments;
    assertEquals([damaged!.records, damaged!.damaged], [3, 1]);
    assert(damaged!.damagedBytes > 0);
    fs.writeFileSync(segment.path, "no segment at all, but long enough for a header");
    assertEquals(
      verifySpool(folder)[0]!.segments[0]!.error,
      "it does not begin as a segment of a spool",
    );
  });
});

test("drainSpool() removes what was taken, and keeps the rest", async () => {
  await inFolder(async (folder) => {
    await leave(folder, 2500);
    let batches = 0;
    await assertRejects(
      () =>
        drainSpool(folder, ({ records, contentType, damaged }) => {
          assertEquals([contentType, damaged], ["SocketHandler pickle", 0]);
          assert(records.every((bytes) => bytes[0] === 0));
          if (++batches === 2) throw new Error("no more");
        }),
      Error,
      "no more",
    );
    const taken: number[] = [];
    const count = await drainSpool(folder, ({ records }) => void taken.push(records.length));
    assertEquals(taken.reduce((sum, size) => sum + size), count);
    assert(count < 2500 && count > 1400, String(count));
    assertEquals(await drainSpool(folder, () => {}), 0);
  });
});

test("drainSpool() takes records out of any number of segments", async () => {
  await inFolder(async (folder) => {
    await leave(folder, 2500, { segmentBytes: 8192 });
    assert(listSpool(folder)[0]!.segments.length > 100);
    assertEquals(await drainSpool(folder, () => {}), 2500);
    assertEquals(listSpool(folder)[0]!.segments.length, 0);
  });
});

test("verifySpool() and drainSpool() read the files that a killed process had used again", async () => {
  await inFolder(async (root) => {
    const folder = `${root}/live`;
    const setting = new SpoolSetting(systemCalls, { segmentBytes: 8192 }, { folder });
    // A used file begins a segment, and another one waits.
    const hasBoth = () => {
      const [found] = verifySpool(folder);
      const last = found!.segments.at(-1)!;
      const isUsed = fs.readFileSync(last.path)[7] === 2 && last.records < 20;
      return isUsed && last.records > 3 && fs.existsSync(`${folder}/spare`);
    };
    let number = 0;
    await until(async () => {
      setting.sendAll();
      for (let i = 0; i < 4; i++) setting.emit(`${number++} ${"x".repeat(150)}`);
      await setting.spool.sync();
      return hasBoth();
    }, () => fs.readdirSync(folder).join());
    // As a kill would leave it, but for the lock.
    const copy = `${root}/copy`;
    fs.cpSync(folder, copy, { recursive: true });
    fs.rmSync(`${copy}/lock`);
    const [found] = verifySpool(copy);
    assert(found!.segments.every(({ damaged, damagedBytes }) => damaged + damagedBytes === 0));
    const taken: string[] = [];
    await drainSpool(copy, ({ records, damaged }) => {
      assertEquals(damaged, 0);
      taken.push(...records.map((bytes) => new TextDecoder().decode(bytes).split(" ")[0]!));
    });
    const last = Array.from({ length: 4 }, (_, i) => String(number - 4 + i));
    assertEquals(taken.slice(-4), last);
    assert(!fs.existsSync(`${copy}/spare`));
    setting.queue.clear("closed");
    await setting.queue.close();
  });
});

test("drainSpool() leaves a spool alone that is in use", async () => {
  await inFolder(async (folder) => {
    const handler = handlerWith(fileSpool(folder));
    handler.emit(record("one"));
    assert(listSpool(folder)[0]!.usedBy !== null);
    await Promise.resolve();
    await assertRejects(() => drainSpool(folder, () => {}), Error, "uses it");
    await handler.close();
  });
});

test("a folder without permission to write keeps records in memory", async () => {
  await inFolder(async (folder) => {
    fs.writeFileSync(`${folder}/file`, "");
    const errors: string[] = [];
    const handler = handlerWith(fileSpool(`${folder}/file/spool`), {
      onEvent: (event: { type: string; error?: Error }) =>
        event.type === "spool" && errors.push(event.error!.message),
    });
    handler.emit(record("one"));
    await Promise.resolve();
    assertEquals([handler.stats.queued, errors.length], [1, 1]);
    await handler.close();
    assertEquals(handler.stats.dropped.closed, 1);
  });
});

/** Leaves a backlog of so many segments of 8 MiB, or of `bytes`, which take no space. */
async function leaveSparse(folder: string, count: number, bytes = 8 * 1024 ** 2): Promise<void> {
  await leave(folder, 1);
  const [segment] = fs.readdirSync(folder).filter((name) => name.endsWith(".seg"));
  const header = fs.readFileSync(`${folder}/${segment}`);
  fs.unlinkSync(`${folder}/position`);
  for (let i = 0; i < count; i++) {
    const path = `${folder}/${String(i * 1000).padStart(16, "0")}.seg`;
    fs.writeFileSync(path, header);
    fs.truncateSync(path, bytes);
  }
  fs.writeFileSync(`${folder}/${String(count * 1000).padStart(16, "0")}.seg`, "");
}

/** The calls of the file system that opening a spool takes, by name. */
function callsToOpen(folder: string, maxBytes: number): Record<string, number> {
  const counts: Record<string, number> = {};
  const calls = new Proxy(systemCalls, {
    get(target, name) {
      const call = Reflect.get(target, name, target);
      return (...args: unknown[]) => {
        counts[String(name)] = (counts[String(name)] ?? 0) + 1;
        return call.apply(target, args);
      };
    },
  });
  const handler = handlerWith(
    makeSpool(folder, { maxBytes }, { calls, processes: systemProcesses }),
  );
  void handler.flush({ signal: AbortSignal.abort() });
  void handler.close();
  return counts;
}

test("a backlog of 10 GiB takes the calls to open that a backlog of a few records takes", async () => {
  const gib = 1024 ** 3;
  const counts: Record<string, number>[] = [];
  for (const segments of [1, 1280]) {
    await inFolder(async (folder) => {
      await leaveSparse(folder, segments);
      counts.push(callsToOpen(folder, 20 * gib));
      // The lock is released when the handler is closed.
      await until(() => !fs.existsSync(`${folder}/lock`), () => "the lock");
      const handler = handlerWith(fileSpool(folder, { maxBytes: 20 * gib }));
      handler.emit(record("one"));
      const { recovered, queued, queuedBytes } = handler.stats;
      assertEquals([recovered, queued], [segments * 1000, segments * 1000 + 1]);
      assert(queuedBytes > 0.99 * segments * 8 * 1024 ** 2);
      await handler.close();
    });
  }
  const [few, many] = counts;
  assertEquals({ ...many, statSync: 0 }, { ...few, statSync: 0 });
  assert(many!.statSync! <= few!.statSync!);
});

test("segments whose sizes are not known are measured before records are dropped for them", async () => {
  await inFolder(async (folder) => {
    // Were they full, there would be no room for more.
    await leaveSparse(folder, 300, 4096);
    const handler = handlerWith(fileSpool(folder, { maxBytes: 64 * 1024 ** 2 }));
    handler.emit(record("one"));
    const { dropped, queued, queuedBytes } = handler.stats;
    assertEquals([dropped.overflow, queued], [0, 300_001]);
    assert(queuedBytes < 2 * 1024 ** 2, String(queuedBytes));
    await handler.close();
  });
});
