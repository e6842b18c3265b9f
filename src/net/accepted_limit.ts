/**
 * The bytes that accepted connections may hold for their consumers. A few hold as much as a dialled
 * one; hundreds share a limit, so that a receiver with many senders takes no more memory for it.
 *
 * Pure: imports nothing, uses no runtime global.
 *
 * @module
 */

/** 4 MiB for all: sixteen connections with the 256 KiB of a dialled one. */
const HELD_BY_ALL = 4 * 1024 * 1024;

/** From more than so many on a connection may hold less than a read of 64 KiB. */
const MANY = 64;

/** The connections that have not ended. */
let open = 0;

/**
 * Returns the present limit, in bytes, of an accepted connection, which counts until `closed`
 * resolves; at most `most`.
 */
export function acceptedLimit(closed: Promise<unknown>, most: number): () => number {
  const ended = () => void open--;
  open++;
  closed.then(ended, ended);
  return () => Math.min(most, HELD_BY_ALL / Math.max(open, 1));
}

/** Returns true while so many connections are accepted that each may hold less than 64 KiB. */
export function manyAreAccepted(): boolean {
  return open > MANY;
}
