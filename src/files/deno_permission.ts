/**
 * Deno's permission to use a file, asked without a prompt: a program that logs must not stop at a
 * question of its terminal.
 *
 * @module
 */

interface Host {
  Deno?: { permissions: { querySync(wanted: Wanted): { state: string } } };
}

interface Wanted {
  name: "read" | "write";
  path: string;
}

/** Throws unless the program may write these files and look at them; only Deno may forbid it. */
export function demandFile(...paths: string[]): void {
  const { Deno } = globalThis as Host;
  if (Deno === undefined) return;
  const flags = (["read", "write"] as const).flatMap((name) => {
    const lacking = paths.filter((path) =>
      Deno.permissions.querySync({ name, path }).state !== "granted"
    );
    return lacking.length === 0 ? [] : [`--allow-${name}=${lacking.join()}`];
  });
  if (flags.length === 0) return;
  const message = `Cannot use ${paths.join(" and ")}: Deno must be run with ${flags.join(" ")}`;
  throw Object.assign(new Error(message), { code: "EACCES" });
}
