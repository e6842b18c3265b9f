/**
 * The addresses that may send records, as `--allow` gives them.
 *
 * @module
 */
import { BlockList, isIP } from "node:net";
import type {
  Acceptor,
  DatagramAcceptor,
  DatagramListener,
  Listener,
  StreamConnection,
} from "../net/connector.ts";
import { isLoopbackHost } from "../net/loopback.ts";

/** Tells which IP addresses are in a list of networks. Those of this machine always are. */
export class AllowList {
  /** True: every address may send. */
  readonly allowsAll: boolean;
  readonly #list = new BlockList();

  /**
   * Allows these networks, as `10.0.0.0/8`, `fd00::/8` or `192.0.2.7`; none: every address.
   *
   * @throws {TypeError} for a text that is no network
   */
  constructor(networks: readonly string[]) {
    this.allowsAll = networks.length === 0;
    for (const network of ["127.0.0.0/8", "::1", ...networks]) this.#add(network);
  }

  /** Returns true if an address may send; an unknown one, which is empty, may not. */
  allows(address: string): boolean {
    if (this.allowsAll) return true;
    const kind = isIP(address);
    return kind !== 0 && this.#list.check(address, kind === 6 ? "ipv6" : "ipv4");
  }

  #add(network: string): void {
    const [address = "", prefix, ...more] = network.split("/");
    const kind = isIP(address);
    const bits = prefix === undefined ? kind === 6 ? 128 : 32 : Number(prefix);
    const isRight = kind !== 0 && more.length === 0 && /^\d{1,3}$/.test(String(bits)) &&
      bits <= (kind === 6 ? 128 : 32);
    if (!isRight) {
      throw new TypeError(`'${network}' is no network such as 10.0.0.0/8 or fd00::/8`);
    }
    this.#list.addSubnet(address, bits, kind === 6 ? "ipv6" : "ipv4");
  }
}

/** Returns true for an address that only this machine reaches; a port of null is a Unix socket. */
export function isLoopback({ host, port }: { host: string; port: number | null }): boolean {
  return port === null || isLoopbackHost(host);
}

/**
 * Returns an acceptor that closes the connections, and drops the datagrams, of senders that may not
 * send. `refused` is called for each. A sender on a Unix socket has no address and may send. A TCP
 * connection that its sender has reset already has no address either, but records to read: it is
 * refused.
 */
export function allowing(
  acceptor: Acceptor & DatagramAcceptor,
  list: AllowList,
  refused: () => void,
): Acceptor & DatagramAcceptor {
  const allows = (address: string | undefined) => {
    const isAllowed = list.allows((address ?? "").replace(/^::ffff:(?=\d+\.)/i, ""));
    if (!isAllowed) refused();
    return isAllowed;
  };
  return {
    listen: async (at, options) => {
      const listener = await acceptor.listen(at, options);
      return at.transport === "unix" ? listener : allowedConnections(listener, allows);
    },
    bindDatagram: async (at) => allowedDatagrams(await acceptor.bindDatagram(at), allows),
  };
}

type Allows = (address: string | undefined) => boolean;

function allowedConnections(
  listener: Listener<StreamConnection>,
  allows: Allows,
): Listener<StreamConnection> {
  return new Proxy(listener, {
    get(target, name) {
      if (name === Symbol.asyncIterator) return () => allowed(target, allows);
      return memberOf(target, name);
    },
  });
}

async function* allowed(
  listener: Listener<StreamConnection>,
  allows: Allows,
): AsyncGenerator<StreamConnection> {
  for await (const connection of listener) {
    if (allows(connection.peerAddress)) yield connection;
    else connection.close({ signal: AbortSignal.abort() }).catch(() => {});
  }
}

function allowedDatagrams(listener: DatagramListener, allows: Allows): DatagramListener {
  return new Proxy(listener, {
    get(target, name) {
      if (name === Symbol.asyncIterator) return () => allowedOnes(target, allows);
      return memberOf(target, name);
    },
  });
}

async function* allowedOnes(
  listener: DatagramListener,
  allows: Allows,
): AsyncGenerator<Uint8Array> {
  for await (const datagram of listener) if (allows(listener.peerAddress)) yield datagram;
}

/** Methods need the listener itself, as their private members are not in the proxy. */
function memberOf(target: object, name: string | symbol): unknown {
  const member: unknown = Reflect.get(target, name, target);
  return typeof member === "function" ? member.bind(target) : member;
}
