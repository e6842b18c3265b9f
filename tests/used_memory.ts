import process from "node:process";
import v8 from "node:v8";
import vm from "node:vm";

/** Removes what is not referred to. */
export function collectGarbage(): void {
  const { Bun } = globalThis as { Bun?: { gc(isSynchronous: boolean): void } };
  if (Bun === undefined) v8.setFlagsFromString("--expose-gc");
  const gc = Bun === undefined ? vm.runInNewContext("gc") as () => void : () => Bun.gc(true);
  gc();
}

/** Returns the megabytes of memory in use, once what is not referred to is removed. */
export function usedMegabytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed / 1e6;
}

/** Returns the first characters of a text of two megabytes, as a parser would take them out of it. */
export function beginOfLongText(begin: string): string {
  const text = JSON.parse(JSON.stringify(begin.padEnd(2_000_000, "x"))) as string;
  return text.slice(0, begin.length);
}
