/**
 * Addresses that a worker can connect to.
 *
 * @module
 */
import { checkHost, checkText } from "../../net/address.ts";
import { ConnectionError } from "../../net/connection_error.ts";
import type { StreamAddress } from "../../net/connector.ts";

/** A host and a port, with or without TLS. */
export type WorkerAddress = Extract<StreamAddress, { hostname: string }>;

/** Throws for an address that a worker cannot connect to. */
export function checkSupported(to: StreamAddress, doing: string): asserts to is WorkerAddress {
  if ("path" in to) {
    checkText(to.path, doing, "path");
    throw new ConnectionError("unsupported", `${doing}: workers have no Unix sockets; use tcp`);
  }
  checkHost(to, doing);
  const own = (["ca", "cert", "key"] as const).find((name) => to.tls?.[name] !== undefined);
  if (own !== undefined) {
    const instead = own === "ca"
      ? "they trust the authorities of their runtime"
      : "they present no certificate on a socket";
    const message = `${doing}: workers take no 'tls.${own}'; ${instead}`;
    throw new ConnectionError("unsupported", message);
  }
  if (to.tls?.serverName === "") checkText("", doing, "tls.serverName");
}
