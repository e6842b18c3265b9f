// deno-lint-ignore-file no-console -- a bench prints
/**
 * `node bench/startup.mjs` measures how long a program takes from the start of its process until a
 * TCP server in another process has its first record. On Node that is the npm package, built for the
 * purpose as `npm run pack` does, beside pino with pino-socket, whose worker thread has the
 * connection; on Deno and Bun it is the sources, imported by the sub-path or as a whole. Prints the
 * medians of 21 processes each, which run in turn. `--runs=N` sets another number.
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildPackage } from "../tests/tools/pack.mjs";
import { setUp, toolEnvironment } from "../tests/tools/setup.mjs";
import { installPeers, versionOf } from "./tools/peers.mjs";

const { values } = parseArgs({ options: { runs: { type: "string", default: "21" } } });
const runs = Number(values.runs);
const bench = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("..", import.meta.url));

await setUp();
installPeers();
const scratch = mkdtempSync(join(tmpdir(), "logwire-startup-"));
process.on("exit", () => rmSync(scratch, { recursive: true }));
const modules = join(scratch, "node_modules");
mkdirSync(join(modules, "@logwire"), { recursive: true });
await buildPackage(join(modules, "@logwire", "logging"));
for (const name of ["pino", "pino-socket"]) {
  symlinkSync(join(bench, "node_modules", name), join(modules, name));
}

/** How long after the start of its process the running program had its first record received. */
let firstRecord = () => {};
const server = createServer((socket) => {
  socket.on("data", () => firstRecord()).on("error", () => {});
  socket.on("end", () => socket.end());
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const { port } = server.address();

const peer = `pino ${versionOf("pino")} + pino-socket ${versionOf("pino-socket")}`;
const logOurs = `
  const log = getLogger("myapp");
  log.setLevel("INFO");
  log.addHandler(new SocketHandler("127.0.0.1", ${port}, { connector }));
  log.info("started");`;
const logPino = `
  const transport = pino.transport({
    target: "pino-socket",
    options: { address: "127.0.0.1", port: ${port}, mode: "tcp" },
  });
  pino(transport).info("started");`;
const ofOurs = [
  ["{ getLogger, SocketHandler }", "@logwire/logging"],
  ["{ connector }", "@logwire/logging/node"],
];
const imported = (...pairs) =>
  pairs.map(([what, from]) => `import ${what} from "${from}";`).join("");
const required = (...pairs) =>
  pairs.map(([what, from]) => `const ${what} = require("${from}");`).join("");
/** Ends each program: at its end it prints the time that all of its threads took of the processor. */
const telling = `process.on("exit", () => console.log(JSON.stringify(process.cpuUsage())));`;
let programs = 0;
/** Writes a program to a file, since pino finds its transport from the file of the caller. */
const written = (program, suffix) => {
  const file = join(scratch, `program${programs++}.${suffix}`);
  writeFileSync(file, program + telling);
  return file;
};
const asModule = (program) => ["node", [written(program, "mjs")]];
const asScript = (program) => ["node", [written(program, "cjs")]];

/** The sources: `narrow` by the sub-paths of what is used. */
const sources = (connector, narrow) => {
  const file = (path) => `file://${join(root, path)}`;
  const core = narrow
    ? imported(
      ["{ SocketHandler }", file("src/handlers/socket_handler.ts")],
      ["{ getLogger }", file("src/logging/get_logger.ts")],
    )
    : imported(["{ getLogger, SocketHandler }", file("mod.ts")]);
  return core + imported(["{ connector }", file(`src/adapters/${connector}.ts`)]) + logOurs;
};
const onDeno = (
  program,
) => ["deno", ["run", "-A", "--config", join(root, "deno.json"), written(program, "mjs")]];
const onBun = (program) => ["bun", [written(program, "mjs")]];

const subjects = [
  ["Node, an empty module", asModule(""), 0],
  [`Node, ${peer}, imported`, asModule(imported(["pino", "pino"]) + logPino), 1],
  ["Node, logwire, imported", asModule(imported(...ofOurs) + logOurs), 1],
  [`Node, ${peer}, required`, asScript(required(["pino", "pino"]) + logPino), 1],
  ["Node, logwire, required", asScript(required(...ofOurs) + logOurs), 1],
  ["Deno, an empty module", onDeno(""), 0],
  ["Deno, logwire, mod.ts", onDeno(sources("deno", false)), 1],
  ["Deno, logwire, ./socket-handler", onDeno(sources("deno", true)), 1],
  ["Bun, an empty module", onBun(""), 0],
  ["Bun, logwire, mod.ts", onBun(sources("bun", false)), 1],
  ["Bun, logwire, ./socket-handler", onBun(sources("bun", true)), 1],
].map(([name, [command, args], records]) => ({ name, command, args, records, rows: [] }));

function run({ command, args, records }) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    let first = 0;
    let output = "";
    firstRecord = () => first ||= performance.now() - started;
    const child = spawn(command, args, {
      cwd: scratch,
      env: toolEnvironment(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => output += text);
    child.on("error", reject);
    child.on("close", (status) => {
      const end = performance.now() - started;
      if (status !== 0 || (first > 0) !== (records > 0)) {
        return reject(new Error(`${command} ended with ${status}: ${output}`));
      }
      const { user, system } = JSON.parse(output);
      resolve({ first, end, cpu: (user + system) / 1000 });
    });
  });
}

// In turn, so that what else the machine does meets all of them.
for (let i = 0; i < runs; i++) {
  for (const subject of subjects) subject.rows.push(await run(subject));
}
server.close();

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
const shown = (ms) => ms > 0 ? `${ms.toFixed(0)} ms` : "";
console.log(
  `Node ${process.versions.node}; medians of ${runs} runs, from the start of the process`,
);
console.log("| | first record received | end | processor |");
console.log("| - | - | - | - |");
for (const subject of subjects) {
  const { name, rows } = subject;
  subject.median = Object.fromEntries(
    ["first", "end", "cpu"].map((key) => [key, median(rows.map((row) => row[key]))]),
  );
  const { first, end, cpu } = subject.median;
  console.log(`| ${name} | ${shown(first)} | ${shown(end)} | ${shown(cpu)} |`);
}
console.log("\n| | first record | end | processor |");
console.log("| - | - | - | - |");
const of = (name) => subjects.find((subject) => subject.name === name).median;
for (
  const [name, other] of [
    ["Node, logwire, imported", `Node, ${peer}, imported`],
    ["Node, logwire, required", `Node, ${peer}, required`],
    ["Deno, logwire, ./socket-handler", "Deno, logwire, mod.ts"],
    ["Bun, logwire, ./socket-handler", "Bun, logwire, mod.ts"],
  ]
) {
  const ratios = ["first", "end", "cpu"].map((key) => (of(name)[key] / of(other)[key]).toFixed(2));
  console.log(`| ${name} / ${other} | ${ratios.join(" | ")} |`);
}
