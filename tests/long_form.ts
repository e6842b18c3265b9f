/** The long forms of tests, which repeat a scenario more often: `npm run test:long`. */
import process from "node:process";

/** Says whether tests run in their long form. */
export const isLong: boolean = process.env.LOGWIRE_LONG === "1";

/** The number of rounds of a test: all of them in its long form, else a quarter. */
export function roundsOf(all: number): number {
  return isLong ? all : Math.ceil(all / 4);
}
