/**
 * Addresses: how messages show them, and what no runtime could use.
 *
 * Browser compatible: uses no runtime global but `TextEncoder`.
 *
 * @module
 */
import type { DatagramAddress, StreamAddress } from "./connector.ts";

/** A host and a port, with or without TLS. */
export type HostAddress = Extract<StreamAddress | DatagramAddress, { hostname: string }>;

/** An address as messages show it. */
export function showAddress(address: StreamAddress | DatagramAddress): string {
  if (!("hostname" in address)) {
    // A host name without a port stands here too, and is no path that anyone meant.
    return address.path.includes("/") ? address.path : `the Unix socket "${address.path}"`;
  }
  const { hostname, port } = address;
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}

/** Throws for an address that no runtime could use, naming the value and the range. */
export function checkAddress(address: StreamAddress | DatagramAddress, doing: string): void {
  if ("path" in address) checkPath(address.path, doing);
  else checkHost(address, doing);
}

/** Throws for a host or a port that no runtime could use. */
export function checkHost({ hostname, port }: HostAddress, doing: string): void {
  checkText(hostname, doing, "hostname");
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new RangeError(wrong(doing, "port", "an integer in 0..65535", port));
  }
}

/** Throws for a path that no kernel takes: `sun_path` has 108 bytes with its NUL, on macOS 104. */
export function checkPath(path: unknown, doing: string, maxBytes = 107): void {
  checkText(path, doing, "path");
  // Only the first character may be one: that is an abstract name (of Linux).
  if (path.includes("\0", 1)) {
    throw new TypeError(`${doing} as 'path' must have no NUL: current value is ${shown(path)}`);
  }
  const size = new TextEncoder().encode(path).length;
  if (size > maxBytes) {
    throw new RangeError(
      `${doing} as 'path' must be at most ${maxBytes} bytes: current value has ${size}`,
    );
  }
}

/** Throws `TypeError` for a value that is no text, or an empty one. */
export function checkText(value: unknown, doing: string, name: string): asserts value is string {
  if (typeof value === "string" && value !== "") return;
  throw new TypeError(wrong(doing, name, "a non-empty string", value));
}

function wrong(doing: string, name: string, range: string, value: unknown): string {
  return `${doing} as '${name}' must be ${range}: current value is ${shown(value)}`;
}

function shown(value: unknown): string {
  return typeof value === "string" ? `"${value}"` : String(value);
}
