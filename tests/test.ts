/**
 * `test(name, fn)`: `Deno.test` on Deno, where the leak sanitizers then apply, and `node:test` on
 * Bun and Node. `skip: "reason"` skips with the reason shown.
 */
import { test as nodeTest } from "node:test";

/** Options of {@linkcode test}. */
export interface TestOptions {
  /** Why the test cannot run here; it is shown beside the test's name. */
  skip?: string | false;
}

interface DenoTest {
  test(definition: { name: string; fn: () => void | Promise<void>; ignore: boolean }): void;
}

const deno = (globalThis as { Deno?: DenoTest }).Deno;

/** Registers a test under a name that reads as a sentence: `symbol() does what`. */
export function test(
  name: string,
  fn: () => void | Promise<void>,
  options: TestOptions = {},
): void {
  const title = options.skip ? `${name} # skipped: ${options.skip}` : name;
  if (deno !== undefined) {
    deno.test({ name: title, fn, ignore: Boolean(options.skip) });
  } else if (options.skip) {
    nodeTest(title, { skip: options.skip }, () => {});
  } else {
    nodeTest(title, async () => await fn());
  }
}

/** The runtime that runs this file. */
export const runtime: "deno" | "bun" | "node" = deno !== undefined
  ? "deno"
  : "Bun" in globalThis
  ? "bun"
  : "node";
