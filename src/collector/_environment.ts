/**
 * The variables of the environment. On Deno without `--allow-env` there are none.
 *
 * @module
 */
import process from "node:process";
import { withFallback } from "../text/fallback.ts";

/** Returns a variable of the environment, if it may be read. */
export function variable(name: string): string | undefined {
  return withFallback(() => process.env[name], undefined);
}
