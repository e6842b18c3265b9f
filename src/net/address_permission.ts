/**
 * Deno's permissions for an address: a file of its own, since a handler over HTTP demands those of a
 * URL and loads nothing of addresses.
 *
 * Browser compatible.
 *
 * @module
 */
import { showAddress } from "./address.ts";
import type { DatagramAddress, StreamAddress } from "./connector.ts";
import { demandPermissions } from "./deno_permission.ts";

/** Throws `denied` unless the program may use the address of a stream, or bind the one of datagrams. */
export function demandAddress(address: StreamAddress | DatagramAddress, doing: string): void {
  if ("hostname" in address) {
    return demandPermissions(doing, { name: "net", host: showAddress(address) });
  }
  const { path } = address;
  demandPermissions(
    doing,
    { name: "read", path },
    { name: "write", path },
    { name: "net", host: `unix:${path}` },
  );
}
