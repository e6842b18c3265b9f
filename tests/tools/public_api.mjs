// deno-lint-ignore-file no-console -- a tool prints
/**
 * The public API as text: a line per exported symbol and public member of every entry point in
 * `deno.json`, compared with tests/meta/public_api.txt so that no change goes unseen.
 *
 * `deno task api`, or `node tests/tools/public_api.mjs --update`, writes the file anew.
 */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setUp, toolEnvironment } from "./setup.mjs";
import { root } from "./std_packages.mjs";

const snapshot = join(root, "tests", "meta", "public_api.txt");
const copied = ["mod.ts", "src", "deno.json"];

/** Returns the signatures that `deno doc` prints. */
function publicApi() {
  const { exports } = JSON.parse(readFileSync(join(root, "deno.json"), "utf8"));
  const copy = mkdtempSync(join(tmpdir(), "logwire-api-"));
  try {
    for (const name of copied) cpSync(join(root, name), join(copy, name), { recursive: true });
    // The packages, whose types a signature may name.
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
    for (const file of sourcesIn(copy)) {
      writeFileSync(file, strip(readFileSync(file, "utf8")));
    }
    const shown = new Set();
    const sections = Object.entries(exports).map(([entry, file]) =>
      section(entry, file, copy, shown)
    );
    return sections.join("\n");
  } finally {
    rmSync(copy, { recursive: true });
  }
}

function sourcesIn(copy) {
  const inside = readdirSync(join(copy, "src"), { recursive: true });
  const sources = inside.filter((name) => name.endsWith(".ts")).map((name) => join("src", name));
  return ["mod.ts", ...sources].map((name) => join(copy, name));
}

/**
 * Without docs but those that say `@ignore`, which `deno doc` leaves out. Of an accessor pair it
 * prints nothing, so a setter gets a name of its own here.
 */
function strip(source) {
  return source
    .replace(/\/\*\*.*?\*\//gs, (doc) => doc.includes("@ignore") ? doc : "")
    .replace(/^( +(?:static )?(?:override )?set \w+)\(/gm, "$1$$(");
}

/** One entry point; the members of what an earlier one showed already are not repeated. */
function section(entry, file, copy, shown) {
  const { status, stdout, stderr } = spawnSync("deno", ["doc", file], {
    cwd: copy,
    env: toolEnvironment(),
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`deno doc ${file} failed: ${stderr}`);
  const lines = [`== ${entry}`];
  const [, ...parts] = stdout.replaceAll("$(", "(").split(/^Defined in (.*)$/m);
  for (let i = 0; i < parts.length; i += 2) {
    const [signature, ...members] = parts[i + 1].split("\n").filter((line) => line !== "");
    lines.push(signature);
    if (!shown.has(parts[i])) lines.push(...members);
    shown.add(parts[i]);
  }
  return [...lines, ""].join("\n");
}

function differences(before, after) {
  const [old, now] = [before, after].map(qualified);
  return [
    ...old.filter((line) => !now.includes(line)).map((line) => `- ${line}`),
    ...now.filter((line) => !old.includes(line)).map((line) => `+ ${line}`),
  ];
}

/** Every line with its entry point, and a member's with what it is a member of. */
function qualified(text) {
  let entry = "";
  let owner = "";
  const lines = [];
  for (const line of text.split("\n")) {
    if (line.startsWith("== ")) entry = line.slice(3);
    else if (line.startsWith(" ")) lines.push(`${entry}  ${owner} ·${line}`);
    else if (line !== "") lines.push(`${entry}  ${owner = line}`);
  }
  return lines;
}

await setUp();
const api = publicApi();
if (process.argv.includes("--update")) {
  writeFileSync(snapshot, api);
} else {
  const before = existsSync(snapshot) ? readFileSync(snapshot, "utf8") : "";
  if (before !== api) {
    console.error("The public API differs from tests/meta/public_api.txt:");
    console.error(differences(before, api).join("\n"));
    console.error(
      "If it is meant, run 'node tests/tools/public_api.mjs --update' and tell CHANGELOG.md.",
    );
    process.exitCode = 1;
  }
}
