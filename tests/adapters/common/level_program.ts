/** Prints what `levelFromEnvironment()` of each adapter returns. */
import * as auto from "../../../src/adapters/auto.ts";
import * as bun from "../../../src/adapters/bun.ts";
import * as deno from "../../../src/adapters/deno.ts";
import * as node from "../../../src/adapters/node.ts";
import type { Level } from "../../../src/logging/level.ts";

const levels: Record<string, string | null> = {};
for (const [name, adapter] of Object.entries({ auto, bun, deno, node })) {
  levels[name] = adapter.levelFromEnvironment() ?? null;
}
// Of a type that basicConfig() and setLevel() take.
const own: Level | null = auto.levelFromEnvironment(["TRACE"]) ?? null;
levels.own = own as string | null;
// deno-lint-ignore no-console -- the result
console.log(JSON.stringify(levels));
