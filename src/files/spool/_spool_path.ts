/**
 * The path of a spool, and the random bytes of its ids.
 *
 * @module
 */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { checkString } from "../../logging/validate.ts";

/** The absolute path of a folder; `what` begins the message of an error. */
export function folderOf(what: string, directory: string | URL): string {
  const path = directory instanceof URL ? fileURLToPath(directory) : directory;
  return resolve(checkString(what, "directory", path));
}

/** So many random bytes. */
export function randomBytes(count: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(count));
}
