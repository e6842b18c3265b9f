/**
 * Imports a package of bench/package.json. A literal `import` would be resolved by `deno check`,
 * also where the peers are not installed.
 */
export function load(name) {
  return import(name);
}
