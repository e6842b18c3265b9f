/** A program loads no file that it does not use: on Deno and Bun each file of an entry point is loaded. */
import { assert, assertEquals } from "@std/assert";
import * as esbuild from "esbuild";
import { test } from "../test.ts";
import { entryPoints, root } from "./sources.ts";

/** The files that an entry point loads, and those of them of which it uses nothing. */
interface Loaded {
  files: string[];
  unused: string[];
  foreign: string[];
}

/**
 * The files of which an entry point alone uses nothing, each with the file that brings it: one whose
 * other exports are used there, and nearly all of which a program that logs has loaded anyway.
 */
const loadedWithTheCore: Record<string, string> = {
  "src/logging/level.ts": "log_record.ts has it of level_names.ts, for the name of a level",
  "src/logging/level_names.ts": "log_record.ts has it for the name of a level",
  "src/logging/record_flags.ts": "log_record.ts has it for records whose call was mistaken",
  "src/net/tls_mismatch.ts": "native_error.ts has it for sockets; a worker reports no such error",
  "src/queue/port_receiver.ts": "queue_handler.ts has it for a queue between two threads",
  "src/receivers/read_records.ts": "socket_receiver.ts exports it",
  "src/text/_float_format.ts": "_percent_conversion.ts has it for %f",
  "src/text/_percent_parts.ts": "percent_format.ts has it for the conversions of a format",
  "src/text/digits.ts": "syslog_framing.ts has it for the octet count that a sender writes",
  "src/text/key_error.ts": "percent_format.ts has it for %(name)s",
  "src/text/percent_format.ts": "log_record.ts has it for getMessage()",
  "src/text/type_name.ts": "_percent_conversion.ts has it for its errors",
  "src/wire/_escaped_record.ts": "port_receiver.ts has it for records of another thread",
  "src/wire/received_record.ts": "port_receiver.ts has it for records of another thread",
};

function loadedBy(entry: string): Loaded {
  const { metafile } = esbuild.buildSync({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    splitting: true,
    outdir: "unused",
    write: false,
    metafile: true,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    packages: "external",
    external: ["node:*", "bun:*", "cloudflare:*"],
  });
  const files = new Set<string>();
  const foreign = new Set<string>();
  const visit = (file: string) => {
    if (files.has(file)) return;
    files.add(file);
    for (const { path, kind, external } of metafile.inputs[file]!.imports) {
      if (kind === "dynamic-import") continue;
      if (external) foreign.add(path);
      else visit(path);
    }
  };
  visit(entry);
  const used = new Set<string>([entry]);
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
      if (bytesInOutput > 0) used.add(file);
    }
  }
  return {
    files: [...files].sort(),
    unused: [...files].filter((file) => !used.has(file)).sort(),
    foreign: [...foreign].sort(),
  };
}

// Outside the tests: esbuild keeps a channel open, which Deno would report as a leak of a test.
const loaded = Object.fromEntries(
  Object.entries(entryPoints).map(([entry, file]) => [entry, loadedBy(file)] as const),
);

test("an entry point loads only files of which it uses something", () => {
  const unused = Object.entries(loaded).flatMap(([entry, { unused }]) =>
    unused.filter((file) => !(file in loadedWithTheCore)).map((file) => `${entry} loads ${file}`)
  );
  assertEquals(unused, []);
});

test("each file that is loaded with the core is one that an entry point loads and does not use", () => {
  const unused = new Set(Object.values(loaded).flatMap(({ unused }) => unused));
  for (const [file, reason] of Object.entries(loadedWithTheCore)) {
    assert(unused.has(file), `${file} need not be listed`);
    assert(reason.length > 0);
  }
});

test("an adapter loads no file of another runtime, and of its own only those that dial", () => {
  const own = (adapter: string) =>
    loaded[adapter]!.files.filter((file) => /^src\/adapters\/(?!common\/)\w+\//.test(file));
  assertEquals(own("./node"), [
    ...["src/adapters/node/_exit_write.ts", "src/adapters/node/_paused_reads.ts"],
    ...["src/adapters/node/_stream.ts", "src/adapters/node/dial.ts"],
  ]);
  assertEquals(own("./bun"), [
    ...["src/adapters/bun/_runtime.ts", "src/adapters/bun/_stream.ts", "src/adapters/bun/dial.ts"],
  ]);
  assertEquals(own("./deno"), [
    ...["src/adapters/deno/_late_write_count.ts", "src/adapters/deno/_stream.ts"],
    ...["src/adapters/deno/dial.ts", "src/adapters/deno/runtime.ts"],
    "src/adapters/deno/tls_handshake_defects.ts",
  ]);
  assertEquals(own("./auto"), []);
});

test("an adapter loads only the modules of Node that a dial needs", () => {
  assertEquals(loaded["./node"]!.foreign, ["node:fs", "node:net", "node:os"]);
  assertEquals(loaded["./bun"]!.foreign, ["node:os"]);
  assertEquals(loaded["./deno"]!.foreign, []);
  assertEquals(loaded["./auto"]!.foreign, ["node:os"]);
});

test("SocketHandler loads no other handler, no receiver, no queue and no configuration", () => {
  const parts =
    /^src\/(adapters|config|files|integrations|mail|queue|receivers|testing|wire\/(otlp|syslog))\//;
  const handlers = /^src\/handlers\/(?!socket_handler\.ts|_socket_target\.ts)/;
  const { files } = loaded["./socket-handler"]!;
  assertEquals(files.filter((file) => parts.test(file) || handlers.test(file)), []);
});
