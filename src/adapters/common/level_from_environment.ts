/**
 * The level of logging that the environment of the process names.
 *
 * @module
 */

import { isPermitted } from "../../net/deno_permission.ts";

/** The part of Deno that is used. */
interface DenoEnvironment {
  readonly env: { get(name: string): string | undefined };
}

/** The variables, the first that is set first. */
const VARIABLES = ["LOGWIRE_LEVEL", "LOG_LEVEL"];

/** Python's names. */
const LEVELS = [
  ...["CRITICAL", "FATAL", "ERROR", "WARNING", "WARN", "INFO", "DEBUG", "NOTSET"] as const,
];

/** The variables that were reported. */
const reported = new Set<string>();

/**
 * Returns the name of the level in the variable `LOGWIRE_LEVEL`, else in `LOG_LEVEL`; `undefined`
 * if neither is set. For `basicConfig({ level: levelFromEnvironment() ?? "INFO" })`.
 *
 * Names are those of Python, in capitals or not, and those in `ownLevels`. Any other name is
 * reported on stderr once, and the variable counts as not set: a mistake there does not end the
 * program. On Deno a variable that may not be read counts as not set; the permission
 * (`--allow-env=LOGWIRE_LEVEL,LOG_LEVEL`) is never asked for.
 *
 * @param ownLevels the names that the program has given to `addLevelName()`; for TypeScript the result
 * is one of Python's names, so that every method that takes a level takes it
 */
export function levelFromEnvironment(
  ownLevels: readonly string[] = [],
):
  | "CRITICAL"
  | "FATAL"
  | "ERROR"
  | "WARNING"
  | "WARN"
  | "INFO"
  | "DEBUG"
  | "NOTSET"
  | undefined {
  const known = [...LEVELS, ...ownLevels as typeof LEVELS];
  for (const variable of VARIABLES) {
    const value = read(variable)?.trim();
    if (!value) continue;
    const level = known.find((name) => name.toUpperCase() === value.toUpperCase());
    if (level !== undefined) return level;
    report(variable, value, known);
  }
  return undefined;
}

function read(variable: string): string | undefined {
  const { Deno, process } = globalThis as {
    Deno?: DenoEnvironment;
    process?: { env?: Readonly<Record<string, string | undefined>> };
  };
  // First, since Deno's `process.env` asks for the permission.
  if (Deno === undefined) return process?.env?.[variable];
  return isPermitted({ name: "env", variable }) ? Deno.env.get(variable) : undefined;
}

function report(variable: string, value: string, known: readonly string[]): void {
  if (reported.has(variable)) return;
  reported.add(variable);
  // deno-lint-ignore no-console -- adapters import no logging, and this is standard error
  console.error(
    `Cannot take the level of logging from ${variable} as ${JSON.stringify(value.slice(0, 80))} ` +
      `is no level: known are ${known.join(", ")}`,
  );
}
