/**
 * Lets tsc resolve what only workerd has: the adapter declares for itself what it uses of it. Deno
 * takes such a specifier as it is.
 */
declare module "cloudflare:sockets" {
  export function connect(...args: unknown[]): never;
}
