// deno-lint-ignore-file no-console -- a tool prints
/**
 * `npm run demo`: installs what is missing, then runs tests/demo/main.ts; `npm run demo:edge`, or
 * with another name as the first argument: tests/demo/<name>.ts.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { node, self, setUp, toolEnvironment } from "./setup.mjs";
import { root } from "./std_packages.mjs";

const [name = "main", ...rest] = process.argv.slice(2);
const main = join(root, "tests", "demo", `${name}.ts`);
if (!existsSync(main)) {
  console.error(`Cannot run the demo as ${main} is missing`);
  process.exit(1);
}
await setUp();
const [command, ...args] = node === undefined ? self : [node, "--import", "tsx"];
const { status } = spawnSync(command, [...args, main, ...rest], {
  cwd: root,
  env: toolEnvironment(),
  stdio: "inherit",
});
process.exitCode = status ?? 1;
