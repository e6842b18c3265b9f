import { assertEquals, assertThrows } from "@std/assert";
import { allowing, AllowList, isLoopback } from "../../src/collector/_allow_list.ts";
import type {
  Acceptor,
  DatagramAcceptor,
  DatagramListener,
  Listener,
  StreamConnection,
} from "../../src/net/connector.ts";
import { test } from "../test.ts";

test("AllowList allows the addresses of its networks, and those of this machine", () => {
  const list = new AllowList(["10.1.0.0/16", "192.0.2.7", "fd00::/8"]);
  const allowed = ["10.1.2.3", "192.0.2.7", "fd12::1", "127.0.0.1", "127.9.9.9", "::1"];
  assertEquals(allowed.filter((address) => !list.allows(address)), []);
  const others = ["10.2.0.1", "192.0.2.8", "fe80::1", "10.1.2", "localhost", "0", ""];
  assertEquals(others.filter((address) => list.allows(address)), []);
  assertEquals([list.allowsAll, new AllowList([]).allows("198.51.100.1")], [false, true]);
});

test("AllowList refuses what is no network", () => {
  for (
    const text of ["", "10.0.0.0/33", "10.0.0/8", "::/129", "10.0.0.0/8/8", "a", "10.0.0.0/-1"]
  ) {
    assertThrows(() => new AllowList([text]), TypeError, "no network");
  }
});

test("isLoopback() knows the addresses that only this machine reaches", () => {
  const hosts = ["127.0.0.1", "127.9.9.9", "localhost", "::1"];
  assertEquals(hosts.filter((host) => !isLoopback({ host, port: 1 })), []);
  const others = ["0.0.0.0", "::", "10.0.0.1", "logs.example", "127.evil.example"];
  assertEquals(others.filter((host) => isLoopback({ host, port: 1 })), []);
  assertEquals(isLoopback({ host: "/run/x", port: null }), true);
});

async function* yielding<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}

/** A listener with a private member, as those of the adapters have. */
class FakeListener {
  #isClosed = false;
  peerAddress = "";
  readonly address = { transport: "tcp" as const, hostname: "h", port: 1 };
  onHandshakeFailed: unknown;
  readonly #addresses: string[];

  constructor(addresses: string[]) {
    this.#addresses = addresses;
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return Promise.resolve();
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown> {
    for await (const peerAddress of yielding(this.#addresses)) {
      this.peerAddress = peerAddress;
      yield { peerAddress, close: () => Promise.resolve() };
    }
  }
}

test("allowing() passes over the senders that may not send, and counts them", async () => {
  const listener = new FakeListener(["10.0.0.1", "::ffff:192.0.2.1", "198.51.100.1"]);
  const acceptor = {
    listen: () => Promise.resolve(listener as unknown as Listener<StreamConnection>),
    bindDatagram: () => Promise.resolve(listener as unknown as DatagramListener),
  } as Acceptor & DatagramAcceptor;
  let refused = 0;
  const list = new AllowList(["10.0.0.0/8", "192.0.2.1"]);
  const wrapped = allowing(acceptor, list, () => refused++);
  const streams = await wrapped.listen({ transport: "tcp", hostname: "h", port: 1 });
  const seen: (string | undefined)[] = [];
  for await (const { peerAddress } of streams) seen.push(peerAddress);
  assertEquals(seen, ["10.0.0.1", "::ffff:192.0.2.1"]);
  const datagrams = await wrapped.bindDatagram({ transport: "udp", hostname: "h", port: 1 });
  let count = 0;
  for await (const _ of datagrams) count++;
  assertEquals([count, refused], [2, 2]);
  assertEquals(streams.address, listener.address);
  streams.onHandshakeFailed = () => {};
  assertEquals(typeof listener.onHandshakeFailed, "function");
  await streams.close();
  assertEquals(listener.isClosed, true);
});

test("allowing() refuses a sender whose address is not known, unless it is on a Unix socket", async () => {
  const acceptor = {
    listen: () => Promise.resolve(new FakeListener([""]) as unknown as Listener<StreamConnection>),
  } as unknown as Acceptor & DatagramAcceptor;
  let refused = 0;
  const wrapped = allowing(acceptor, new AllowList(["10.0.0.0/8"]), () => refused++);
  const countOf = async (at: Parameters<Acceptor["listen"]>[0]) => {
    let count = 0;
    for await (const _ of await wrapped.listen(at)) count++;
    return count;
  };
  assertEquals(await countOf({ transport: "tcp", hostname: "h", port: 1 }), 0);
  assertEquals(refused, 1);
  assertEquals(await countOf({ transport: "unix", path: "/run/x" }), 1);
});
