/** Stands for `node:test` within a worker: collects the tests, which requests then run one by one. */

/** A test that was registered. */
export interface Registered {
  skip: string | false;
  fn(): void | Promise<void>;
}

/** Every test that was registered, by its name. */
export const registered: Map<string, Registered> = new Map();

export function test(
  name: string,
  ...rest: [{ skip: string }, () => void] | [() => Promise<void>]
): void {
  if (rest.length === 2) registered.set(name, { skip: rest[0].skip, fn: rest[1] });
  else registered.set(name, { skip: false, fn: rest[0] });
}
