/** Prints what `levelFromEnvironment()` of each adapter returns. */
import * as auto from "../../../src/adapters/auto.ts";
import * as bun from "../../../src/adapters/bun.ts";
import * as deno from "../../../src/adapters/deno.ts";
import * as node from "../../../src/adapters/node.ts";

const levels: Record<string, string | null> = {};
for (const [name, adapter] of Object.entries({ auto, bun, deno, node })) {
  levels[name] = adapter.levelFromEnvironment() ?? null;
}
levels.own = auto.levelFromEnvironment(["TRACE"]) ?? null;
// deno-lint-ignore no-console -- the result
console.log(JSON.stringify(levels));
