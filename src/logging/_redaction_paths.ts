/**
 * The paths of a `RedactingFilter`, as a machine that reads names: a state says how much of each
 * path the names so far have matched.
 *
 * Browser compatible.
 *
 * @module
 */
import { refuse } from "./validate.ts";

/** The most paths, and names in one: every value of a record may be compared with all of them. */
const MAX_LENGTH = 100;

/** The most states that are kept: the names of a record, which a sender chose, lead to them. */
const MAX_STATES = 1000;

/** The parts of the paths that the names so far have matched. */
export interface PathState {
  /** Identifies the state: one with the same text leads to the same values. */
  readonly id: string;
  /** True if a path ends here: the value is redacted. */
  readonly isMatch: boolean;
  /** Returns the state after one more name; `undefined` if no path goes that way. */
  next(name: string): PathState | undefined;
}

/** The place in a path before one of its names, or behind the last. */
interface Place {
  readonly path: readonly string[];
  readonly at: number;
  readonly id: string;
}

/**
 * Checks the paths that a program gives: names with dots between them, or, where a name has a dot
 * itself, a list of names. Returns the state before any name.
 */
export function checkPaths(what: string, paths: unknown): PathState {
  const expected = `an array of at most ${MAX_LENGTH} paths, such as "user.password"`;
  if (!Array.isArray(paths) || paths.length > MAX_LENGTH) refuse(what, "paths", expected, paths);
  const states = new Map<string, PathState>();
  const starts = paths.flatMap((path: unknown, index) => {
    const names = typeof path === "string" ? path.split(".") : path;
    const isPath = Array.isArray(names) && names.length > 0 && names.length <= MAX_LENGTH &&
      names.every((name) => typeof name === "string" && name !== "");
    if (!isPath) refuse(what, `paths[${index}]`, "names with a dot between them", path);
    return placesFrom(names, 0, index);
  });
  return stateAt(starts, states);
}

/** Returns a place, and those behind each `**` there, which may stand for no name. */
function placesFrom(path: readonly string[], at: number, index: number): Place[] {
  const places = [{ path, at, id: `${index}:${at}` }];
  while (path[at] === "**") places.push({ path, at: ++at, id: `${index}:${at}` });
  return places;
}

function stateAt(places: readonly Place[], states: Map<string, PathState>): PathState {
  const id = places.map((place) => place.id).join();
  const known = states.get(id);
  if (known !== undefined) return known;
  const isMatch = places.some(({ path, at }) => at === path.length);
  const state = { id, isMatch, next: (name: string) => following(places, name, states) };
  if (states.size < MAX_STATES) states.set(id, state);
  return state;
}

function following(
  places: readonly Place[],
  name: string,
  states: Map<string, PathState>,
): PathState | undefined {
  const after = new Map<string, Place>();
  for (const { path, at, id } of places) {
    const wanted = path[at];
    const isTaken = wanted === "*" || wanted === "**" || wanted === name;
    if (!isTaken) continue;
    const index = Number.parseInt(id);
    for (const place of placesFrom(path, wanted === "**" ? at : at + 1, index)) {
      after.set(place.id, place);
    }
  }
  return after.size === 0 ? undefined : stateAt([...after.values()], states);
}
