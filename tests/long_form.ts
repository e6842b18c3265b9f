/** The long forms of tests, which repeat a scenario with more seeds: `npm run test:long`. */
import process from "node:process";

/** The number of rounds of a test: all of them in its long form, else a third. */
export function roundsOf(all: number): number {
  return process.env.LOGWIRE_LONG === "1" ? all : Math.ceil(all / 3);
}
