/**
 * Addresses: how messages show them, and what no runtime could use.
 *
 * Browser compatible: uses no runtime global but `TextEncoder`.
 *
 * @module
 */
import type { DatagramAddress, StreamAddress } from "./connector.ts";

/** An address as messages show it. */
export function showAddress(address: StreamAddress | DatagramAddress): string {
  if (!("hostname" in address)) return address.path;
  const { hostname, port } = address;
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}

/** Throws for an address that no runtime could use, naming the value and the range. */
export function checkAddress(address: StreamAddress | DatagramAddress, doing: string): void {
  if ("path" in address) return checkPath(address.path, doing);
  const { hostname, port } = address;
  if (typeof hostname !== "string" || hostname === "") {
    throw new TypeError(
      `${doing} as 'hostname' must be a non-empty string: current value is ${quote(hostname)}`,
    );
  }
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new RangeError(
      `${doing} as 'port' must be an integer in 0..65535: current value is ${quote(port)}`,
    );
  }
}

/** Throws for a path that no kernel takes: `sun_path` has 108 bytes with its NUL, on macOS 104. */
export function checkPath(path: unknown, doing: string, maxBytes = 107): void {
  if (typeof path !== "string" || path === "") {
    throw new TypeError(
      `${doing} as 'path' must be a non-empty string: current value is ${quote(path)}`,
    );
  }
  // Only the first character may be one: that is an abstract name (of Linux).
  if (path.includes("\0", 1)) {
    throw new TypeError(`${doing} as 'path' must have no NUL: current value is ${quote(path)}`);
  }
  const size = new TextEncoder().encode(path).length;
  if (size > maxBytes) {
    throw new RangeError(
      `${doing} as 'path' must be at most ${maxBytes} bytes: current value has ${size}`,
    );
  }
}

function quote(value: unknown): string {
  return typeof value === "string" ? `"${value}"` : String(value);
}
