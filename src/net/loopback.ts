/**
 * The hosts that only this machine reaches.
 *
 * Browser compatible: imports nothing, uses no runtime global.
 *
 * @module
 */

const IPV4 = /^127(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}$/;

/** Returns true for `localhost` and for the loopback addresses of IPv4 and IPv6. */
export function isLoopbackHost(host: string): boolean {
  return host === "localhost" || host === "::1" || IPV4.test(host);
}
