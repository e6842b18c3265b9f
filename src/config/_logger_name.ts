/**
 * The limits of the name of a logger: each dot makes one more logger, which stays for as long as the
 * program runs.
 *
 * Browser compatible: imports nothing, uses no runtime global.
 *
 * @module
 */

/** A logger is named after a module, whose path is far shorter, and far less deep. */
const MAX_LENGTH = 1024;
const MAX_DOTS = 64;

/** The limits, for errors. */
export const NAME_LIMITS: string = `at most ${MAX_LENGTH} characters and ${MAX_DOTS} dots`;

/** True for a name within the limits. */
export function isWithinLimits(name: string): boolean {
  return name.length <= MAX_LENGTH && name.split(".").length - 1 <= MAX_DOTS;
}
