/**
 * A mistake on the command line, or a thing of the system that is missing: one sentence, and status 1.
 *
 * @module
 */

/** An error whose message is for the user of the command. */
export class CommandError extends Error {
  /** Makes an error. */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "CommandError";
  }
}

/** Returns one sentence for an error of the system at a file. */
export function fileError(doing: string, path: string, error: unknown): CommandError {
  return new CommandError(`cannot ${doing} '${path}': ${reasonOf(error)}`, { cause: error });
}

/** The words for the errors of systems and runtimes. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/EADDRINUSE|AddrInUse|address already in use/i, "the port is in use"],
  [/EADDRNOTAVAIL|AddrNotAvailable/i, "this machine has no such address"],
  [/NotCapable|Requires .* access|ERR_ACCESS_DENIED/i, "the runtime has no permission for it"],
  [/EACCES|EPERM|PermissionDenied|permission denied/i, "the permission is denied"],
  [/ENOTFOUND|EAI_|lookup address|not known/i, "there is no such host"],
  [/ENOENT|NotFound|No such file/i, "there is no such file"],
  [/EISDIR|Is a directory/i, "it is a directory"],
  [/ENOTDIR/i, "a part of the path is no directory"],
  [/key[_ ]?(values[_ ])?mismatch/i, "the private key is not that of the certificate"],
  [/ENOSPC/i, "the disk is full"],
];

/** Returns why an operation of the system failed, in a few words. */
export function reasonOf(error: unknown): string {
  for (let at: unknown = error, depth = 0; at !== undefined && depth < 5; depth++) {
    const { code, name, message, cause } = Object(at) as Record<string, unknown>;
    const text = `${code} ${name} ${message}`;
    const [flag] = /--allow-[\w-]+(=\S+)?/.exec(text) ?? [];
    if (flag !== undefined) return `Deno must be run with ${flag.replace(/[,;.]$/, "")}`;
    const known = REASONS.find(([pattern]) => pattern.test(text));
    if (known !== undefined) return known[1];
    at = cause;
  }
  return error instanceof Error ? error.message : String(error);
}
