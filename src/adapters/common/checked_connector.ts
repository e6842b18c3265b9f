/**
 * Checks what every connector of a runtime is given, before the runtime sees it: the address, the TLS
 * options, the signal, and on Deno the permissions, for which it would prompt. A value that is wrong rejects; it does not throw.
 *
 * @module
 */
import type {
  Acceptor,
  Connector,
  DatagramAcceptor,
  DatagramAddress,
  DatagramConnector,
  DatagramListener,
  DatagramSocket,
  Listener,
  StreamAddress,
  StreamConnection,
  WaitOptions,
} from "../../net/connector.ts";
import { exitNotifier } from "../../net/exit_hooks.ts";
import { checkAddress, showAddress } from "../../net/address.ts";
import { demandAddress } from "../../net/address_permission.ts";
import { abortedError } from "../../net/native_error.ts";
import { checkTlsOptions } from "./_tls_options.ts";

/** The calls of a runtime; `doing` begins the messages of its errors: `Cannot connect to 127.0.0.1:9020`. */
export interface NativeConnector {
  connect(to: StreamAddress, options: WaitOptions, doing: string): Promise<StreamConnection>;
  listen(
    at: StreamAddress,
    options: WaitOptions,
    doing: string,
  ): Promise<Listener<StreamConnection>>;
  openDatagram(peer: DatagramAddress, options: WaitOptions): Promise<DatagramSocket>;
  bindDatagram(at: DatagramAddress): Promise<DatagramListener>;
  hostName(): string | undefined;
}

/** The connector that a runtime's own makes. */
export function checkedConnector(
  native: NativeConnector,
): Connector & DatagramConnector & Acceptor & DatagramAcceptor {
  return {
    async connect(to, options = {}) {
      const doing = `Cannot connect to ${showAddress(to)}`;
      checkStream(to, options, doing, "client");
      demandAddress(to, doing);
      return await native.connect(to, options, doing);
    },
    async listen(at, options = {}) {
      const doing = `Cannot listen at ${showAddress(at)}`;
      checkStream(at, options, doing, "listener");
      demandAddress(at, doing);
      return await native.listen(at, options, doing);
    },
    async openDatagram(peer, options = {}) {
      checkAddress(peer, `Cannot open a datagram socket for ${showAddress(peer)}`);
      return await native.openDatagram(peer, options);
    },
    async bindDatagram(at) {
      checkAddress(at, `Cannot bind ${showAddress(at)}`);
      return await native.bindDatagram(at);
    },
    hostName: () => native.hostName(),
    ...exitNotifier,
  };
}

/** Throws for an address or TLS options that no runtime could use, and for a signal that is aborted. */
export function checkStream(
  address: StreamAddress,
  { signal }: WaitOptions,
  doing: string,
  side: "client" | "listener",
): void {
  checkAddress(address, doing);
  if ("tls" in address && address.tls !== undefined) checkTlsOptions(address.tls, doing, side);
  if (signal?.aborted) throw abortedError(signal, doing);
}
