/**
 * The life of a handler's connection as a table. Everything that decides what a link does next
 * stands in this file; the driver (`handlers/link_delivery.ts`) does what it says and tells what
 * happened.
 *
 * Browser compatible: no clock, no I/O.
 *
 * @module
 */

/**
 * - `idle`: no connection, and none was refused: the next record dials
 * - `connecting`: a dial is under way; records are held
 * - `open`: records are written as they come
 * - `waiting`: the last dial failed; the next one waits for the back-off
 * - `closed`: for good
 */
export type LinkState = "idle" | "connecting" | "open" | "waiting" | "closed";

/**
 * - `wanted`: a connection is wanted and the back-off permits a dial
 * - `connected`, `failed`: how the dial ended
 * - `lost`: the open connection ended, by whichever side
 * - `flapped`: as `lost`, but so soon after the last loss that it counts as a failed dial
 * - `due`: the retry timer fired with records still queued
 * - `close`: the handler is closed
 */
export type LinkEvent = "wanted" | "connected" | "failed" | "lost" | "flapped" | "due" | "close";

/**
 * - `dial`: start one attempt
 * - `write`: start writing what is queued
 * - `drop`: drop what is queued
 * - `arm`: set the retry timer
 * - `release`: let go of the connection, the attempt and the timer
 */
export type LinkAction = "dial" | "write" | "drop" | "arm" | "release";

/**
 * What happens to records while there is no connection. `drop`: as CPython, they are dropped and
 * only a record dials. `queue`: they are kept, and a timer dials.
 */
export type WhileDisconnected = "drop" | "queue";

/** What an event leads to. */
export interface Transition {
  /** The state from now on. */
  readonly state: LinkState;
  /** What is to be done, in this order. */
  readonly actions: readonly LinkAction[];
}

type Table = { readonly [S in LinkState]: { readonly [E in LinkEvent]?: Transition } };

const to = (state: LinkState, ...actions: LinkAction[]): Transition => ({ state, actions });

function tableOf(mode: WhileDisconnected): Table {
  const dial = to("connecting", "dial");
  const wait = to("waiting", mode === "drop" ? "drop" : "arm");
  const close = to("closed", "release");
  return {
    idle: { wanted: dial, close },
    connecting: { connected: to("open", "write"), failed: wait, close },
    open: { lost: to("idle"), flapped: wait, close },
    waiting: { wanted: dial, ...mode === "queue" && { due: dial }, close },
    closed: {},
  };
}

const dropTable = /* @__PURE__ */ tableOf("drop");
const queueTable = /* @__PURE__ */ tableOf("queue");

/** The transition for an event, or `undefined` where the state has no use for it. */
export function transition(
  mode: WhileDisconnected,
  state: LinkState,
  event: LinkEvent,
): Transition | undefined {
  return (mode === "drop" ? dropTable : queueTable)[state][event];
}

/** Whether a new record may be queued: in `drop` mode only while a connection is open or coming. */
export function accepts(mode: WhileDisconnected, state: LinkState): boolean {
  if (state === "closed") return false;
  return mode === "queue" || state === "connecting" || state === "open";
}
