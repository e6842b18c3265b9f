/**
 * The one place that decides whether text for standard error is coloured, where a program does not
 * say so: after CPython 3.14's `_colorize.can_colorize()`.
 *
 * Browser compatible: reads `globalThis`, which has neither an environment nor a terminal there.
 *
 * @module
 */

/** The part of Deno that is used. */
interface DenoTerminal {
  readonly noColor: boolean;
  readonly stderr: { isTerminal(): boolean };
  readonly env: { get(name: string): string | undefined };
  readonly permissions: {
    querySync(wanted: { name: "env"; variable: string }): { readonly state: string };
  };
}

/** The part of `process` that is used, on Node and Bun. */
interface ProcessTerminal {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stderr?: { readonly isTTY?: boolean };
}

/** The facts that the decision depends on. */
export interface Terminal {
  /** Returns a variable of the environment; nothing if it may not be read without a question. */
  variable(name: string): string | undefined;
  /** True if standard error is a terminal. */
  readonly isTerminal: boolean;
}

/** Returns the terminal of this runtime. Never asks for a permission. */
export function runtimeTerminal(): Terminal {
  const { Deno, process } = globalThis as { Deno?: DenoTerminal; process?: ProcessTerminal };
  // First, since Deno's `process.env` asks for the permission.
  if (Deno !== undefined) return denoTerminal(Deno);
  return {
    variable: (name) => process?.env?.[name],
    isTerminal: process?.stderr?.isTTY === true,
  };
}

function denoTerminal(deno: DenoTerminal): Terminal {
  return {
    variable(name) {
      // Deno tells of this one without a permission.
      if (name === "NO_COLOR" && deno.noColor) return "1";
      const { state } = deno.permissions.querySync({ name: "env", variable: name });
      return state === "granted" ? deno.env.get(name) : undefined;
    },
    isTerminal: deno.stderr.isTerminal(),
  };
}

/**
 * Returns true if text for standard error is coloured. `NO_COLOR` that is not empty says no. Then
 * `FORCE_COLOR` that is not empty says yes; `0` and `false` say no. Without them a terminal says
 * yes, unless `TERM` is `dumb`.
 */
export function terminalHasColors(terminal: Terminal = runtimeTerminal()): boolean {
  if (terminal.variable("NO_COLOR")) return false;
  const force = terminal.variable("FORCE_COLOR");
  if (force) return force !== "0" && force !== "false";
  return terminal.isTerminal && terminal.variable("TERM") !== "dumb";
}
