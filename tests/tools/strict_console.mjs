// deno-lint-ignore-file no-console -- the console is what it changes
/**
 * Makes a `console.assert()` that fails throw, as the examples of the documentation use it: by
 * itself it only prints, and an example that says what is not so would pass.
 */
const { assert } = console;

console.assert = (condition, ...data) => {
  assert(condition, ...data);
  if (!condition) throw new Error(`Assertion failed: ${data.join(" ")}`);
};
