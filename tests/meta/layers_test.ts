import { assert, assertEquals } from "@std/assert";
import { posix } from "node:path";
import { test } from "../test.ts";
import { entryPoints, importsOf, isBarrel, read, sources, withoutComments } from "./sources.ts";

const { basename, dirname } = posix;

/** The layers that each layer may import, besides itself. */
const layers: Record<string, string[]> = {
  "src/text": [],
  "src/net": [],
  "src/logging": ["src/text"],
  "src/wire/pickle": ["src/text"],
  "src/wire": ["src/text", "src/logging", "src/wire/pickle"],
  "src/wire/syslog": ["src/text", "src/logging", "src/wire", "src/wire/pickle"],
  "src/wire/otlp": ["src/text", "src/logging", "src/wire"],
  "src/wire/forward": ["src/text", "src/logging", "src/wire"],
  "src/delivery": [
    ...["src/text", "src/logging", "src/wire", "src/wire/pickle", "src/wire/forward", "src/net"],
  ],
  "src/handlers": [
    ...["src/text", "src/logging", "src/wire", "src/wire/pickle", "src/wire/syslog"],
    ...["src/wire/otlp", "src/wire/forward", "src/net", "src/delivery"],
  ],
  "src/queue": [
    ...["src/text", "src/logging", "src/wire", "src/wire/pickle", "src/net", "src/delivery"],
  ],
  "src/mail": ["src/text", "src/logging", "src/wire", "src/net", "src/delivery"],
  "src/windows": ["src/logging"],
  "src/receivers": [
    ...["src/text", "src/logging", "src/wire", "src/wire/pickle", "src/wire/syslog"],
    ...["src/wire/forward", "src/wire/otlp", "src/net"],
  ],
  "src/files": ["src/text", "src/logging"],
  "src/encodings": ["src/logging", "src/files"],
  "src/files/spool": ["src/logging", "src/delivery", "src/files"],
  "src/config": [
    ...["src/text", "src/logging", "src/wire", "src/wire/syslog", "src/net", "src/handlers"],
    "src/queue",
  ],
  "src/context": ["src/logging"],
  "src/integrations": ["src/text", "src/logging"],
  "src/adapters": ["src/net"],
  "src/testing": ["src/net"],
  "src/collector": [
    ...["src/text", "src/logging", "src/wire", "src/wire/otlp", "src/net", "src/delivery"],
    ...["src/handlers", "src/receivers", "src/files", "src/files/spool", "src/config"],
  ],
  "src/collector/page": [],
};

/**
 * The files that run in a worker of another logger, which gives them options that are data: with
 * the layers that they may import besides those of their folder. They may also import Node's
 * modules.
 */
const workerTargets: Record<string, string[]> = {
  "src/integrations/_direct_output.ts": [],
  "src/integrations/_pino_worker.ts": ["src/config"],
};

/** The layers that `mod.ts` may re-export: the core and the handlers over a network. */
const face = [
  ...["src/text", "src/logging", "src/wire/pickle", "src/wire/syslog", "src/wire", "src/net"],
  ...["src/delivery", "src/handlers"],
];

/** The layers that run everywhere, edge workers and browsers included. */
const portable = [...face, "src/wire/forward", "src/queue", "src/receivers", "src/config"];

/** The foreign modules that a layer may import; a layer that is not listed may import none. */
const packages: Record<string, RegExp> = {
  "src/wire": /^@std\/bytes$/,
  "src/wire/pickle": /^@std\/bytes$/,
  "src/wire/otlp": /^@bufbuild\/protobuf\/wire$/,
  "src/wire/forward": /^@(std\/bytes|msgpack\/msgpack)$/,
  "src/delivery": /^@std\/bytes$/,
  "src/handlers": /^@std\/bytes$/,
  "src/testing": /^@std\/bytes$/,
  "src/files": /^node:/,
  "src/files/spool": /^node:/,
  // A folder of its own, so that whoever writes UTF-8 needs no package for it.
  "src/encodings": /^(node:buffer|iconv-lite)$/,
  // A folder of its own, so that whoever sends no mail needs no package for it.
  "src/mail": /^nodemailer\/lib\//,
  // Not koffi: what is imported by name becomes a dependency of the package.
  "src/windows": /^node:(module|process)$/,
  "src/context": /^node:async_hooks$/,
  // A transport of winston is a stream of Node.
  "src/integrations": /^node:stream$/,
  "src/collector": /^(node:|commander$)/,
  // They are bundled into src/collector/_page_assets.ts.
  "src/collector/page": /^preact(\/hooks)?$/,
  // Not unix-dgram: what is imported by name becomes a dependency of the package.
  "src/adapters": /^(node:|bun:|cloudflare:)/,
};

/** An adapter as users import it; its parts lie in a folder of its name, those of several in `common`. */
const adapter = /^src\/adapters\/(deno|bun|node|cloudflare|auto)\.ts$/;

/** The files that import another adapter, dynamically, each with the reason. */
const adapterImporters: Record<string, string> = {
  "src/adapters/auto.ts": "it picks one",
  "src/collector/cli.ts": "a command needs the connector of the runtime that runs it",
  "src/integrations/_pino_worker.ts": "a connector is no data, so its options cannot hold one",
  "src/adapters/deno/tls_handshake_defects.ts": "Deno's own TLS cannot do everything",
};

/** The portable files that look at `globalThis`, each with the reason. */
const globalThisReaders: Record<string, string> = {
  "src/logging/stderr.ts": "what is printed goes to the process's own standard error",
  "src/logging/process_id.ts": "a record carries the process id where there is one",
  "src/logging/_terminal_colors.ts": "NO_COLOR, FORCE_COLOR and the terminal decide on colours",
  "src/logging/_standard_stream.ts": "a terminator that is no line break needs more than a console",
  "src/net/deno_permission.ts": "Deno would ask on a terminal for a permission that lacks",
  "src/net/exit_hooks.ts": "what is queued when the process ends is passed on, written or counted",
  "src/wire/pickle/_ascii_decoder.ts":
    "Buffer decodes faster than a TextDecoder, where there is one",
  "src/net/fair_turn.ts": "setImmediate waits less than a timer, where there is one",
};

function layerOf(file: string): string {
  const inside = Object.keys(layers).filter((layer) => file.startsWith(`${layer}/`));
  return inside.sort((a, b) => b.length - a.length)[0] ?? file;
}

/** True for a file that only the files of its own folder may import. */
function isInner(file: string): boolean {
  return basename(file).startsWith("_");
}

function isPortable(file: string): boolean {
  return file === "mod.ts" || portable.includes(layerOf(file));
}

function mayImport(file: string, target: string): boolean {
  const layer = layerOf(file);
  if (!/\.tsx?$/.test(target)) {
    if (file in workerTargets && target.startsWith("node:")) return true;
    return packages[layer]?.test(target) ?? false;
  }
  if (file === "mod.ts") return face.includes(layerOf(target));
  const allowed = [layer, ...(layers[layer] ?? []), ...(workerTargets[file] ?? [])];
  return allowed.includes(layerOf(target)) || (file in adapterImporters && adapter.test(target));
}

/** The files that loading `entry` loads, `import()` left out. */
function reachedFrom(entry: string): Set<string> {
  const reached = new Set([entry]);
  for (const file of reached) {
    for (const { target, dynamic } of importsOf(file)) {
      if (!dynamic && sources.includes(target)) reached.add(target);
    }
  }
  return reached;
}

test("every source file lies in a layer", () => {
  const stray = sources.filter((file) => file !== "mod.ts" && !(layerOf(file) in layers));
  assertEquals(stray, []);
});

test("imports run downward only", () => {
  const upward = sources.flatMap((file) =>
    importsOf(file)
      .filter(({ target }) => !mayImport(file, target))
      .map(({ target }) => `${file} imports ${target}`)
  );
  assertEquals(upward, []);
});

test("a file whose name begins with _ is imported by its own folder alone", () => {
  const strangers = sources.flatMap((file) =>
    importsOf(file)
      .filter(({ target }) => isInner(target) && dirname(target) !== dirname(file))
      .map(({ target }) => `${file} imports ${target}`)
  );
  assertEquals(strangers, []);
});

test("a file that no other folder imports begins with _, unless an entry point exports it", () => {
  const open = new Set(Object.values(entryPoints));
  for (const file of sources) {
    const isEntry = Object.values(entryPoints).includes(file);
    for (const { target, reExport } of importsOf(file)) {
      if (dirname(target) !== dirname(file) || (isEntry && reExport)) open.add(target);
    }
  }
  const inner = sources.filter((file) => file !== "mod.ts" && !open.has(file));
  assertEquals(inner.filter((file) => !isInner(file)), []);
});

test("no imports run in a circle", () => {
  const circles: string[] = [];
  const done = new Set<string>();
  const walk = (file: string, path: string[]) => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(" → "));
    if (done.has(file) || path.includes(file)) return;
    for (const { target } of importsOf(file)) {
      if (sources.includes(target)) walk(target, [...path, file]);
    }
    done.add(file);
  };
  for (const file of sources) walk(file, []);
  assertEquals(circles, []);
});

test("an adapter is imported only when it is needed, and by few", () => {
  const wrong = sources.flatMap((file) =>
    importsOf(file)
      .filter(({ target, dynamic }) =>
        adapter.test(target) && !(file in adapterImporters && dynamic)
      )
      .map(({ target }) => `${file} imports ${target}`)
  );
  assertEquals(wrong, []);
});

test("mod.ts reaches no adapter, no file system, no receiver, no queue and no configuration", () => {
  const reached = [...reachedFrom("mod.ts")]
    .filter((file) => file !== "mod.ts" && !face.includes(layerOf(file)));
  assertEquals(reached, []);
});

test("a file that only re-exports is an entry point, and nothing in src imports it", () => {
  const barrels = sources.filter(isBarrel);
  const entries = Object.values(entryPoints);
  assertEquals(barrels.filter((file) => !entries.includes(file)), []);
  const imported = sources.flatMap((file) =>
    importsOf(file)
      .filter(({ target }) => target === "mod.ts" || barrels.includes(target))
      .map(({ target }) => `${file} imports ${target}`)
  );
  assertEquals(imported.filter((line) => !line.startsWith("mod.ts ")), []);
});

// That no portable file names a runtime's global as it stands is checked by
// tests/tools/tsconfig.portable.json, whose library has none of them.
test("only listed portable files read globalThis", () => {
  const readers = sources.filter(isPortable).filter((file) =>
    /\bglobalThis\b/.test(withoutComments(read(file)))
  );
  assertEquals(readers.filter((file) => !(file in globalThisReaders)), []);
});

test("a worker target is loaded only when it is needed", () => {
  for (const file of Object.keys(workerTargets)) {
    assert(sources.includes(file), `${file} is gone`);
    const importers = sources.filter((source) => !(source in workerTargets)).flatMap((source) =>
      importsOf(source).filter(({ target }) => target === file)
    );
    assertEquals(importers.filter(({ dynamic }) => !dynamic), []);
  }
});

test("every listed exception is a file that exists, with a reason", () => {
  for (const [file, reason] of Object.entries({ ...adapterImporters, ...globalThisReaders })) {
    assert(sources.includes(file), `${file} is gone`);
    assert(reason.length > 0);
  }
});
