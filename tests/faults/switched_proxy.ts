/** A TCP proxy between a sender and a receiver, which breaks connections when it is told to. */
import { once } from "node:events";
import net from "node:net";

/** The pause of a slow reader behind each piece, in milliseconds. */
const SLOW_MS = 5;

/** One connection of the sender, and that to the receiver. */
interface Pair {
  readonly client: net.Socket;
  readonly upstream: net.Socket;
}

/** A proxy; it refuses connections until {@linkcode SwitchedProxy.accept}. */
export class SwitchedProxy {
  /** The address of the receiver. */
  target = { host: "", port: 0 };
  port = 0;
  readonly #host: string;
  #server: net.Server | undefined;
  readonly #pairs = new Set<Pair>();
  /** Connections whose sender has not ended its side, or from which something is to be passed on. */
  readonly #busy = new Set<Pair>();
  /** Nothing is read, also from connections that are new. */
  #isStalled = false;
  /** Bytes that a slow reader takes at a time. */
  #slowBytes = Infinity;

  constructor(host: string) {
    this.#host = host;
  }

  /** Takes connections, at the same port as before. */
  async accept(): Promise<void> {
    const server = this.#server = net.createServer(
      { allowHalfOpen: true, pauseOnConnect: true },
      (client) => this.#begin(client),
    );
    server.listen(this.port, this.#host);
    await once(server, "listening");
    this.port = (server.address() as net.AddressInfo).port;
  }

  /** Refuses connections; those that are open stay so. */
  refuse(): void {
    this.#server?.close();
    this.#server = undefined;
  }

  #begin(client: net.Socket): void {
    const upstream = net.connect({ ...this.target, allowHalfOpen: true });
    const pair = { client, upstream };
    this.#pairs.add(pair);
    this.#busy.add(pair);
    upstream.on("finish", () => this.#busy.delete(pair));
    upstream.on("close", () => this.#busy.delete(pair));
    client.on("error", () => {}).on("close", () => {
      upstream.end();
      this.#pairs.delete(pair);
    });
    upstream.on("error", () => client.resetAndDestroy());
    this.#pass(client, upstream);
    this.#pass(upstream, client);
    if (!this.#isStalled) client.resume();
  }

  #pass(from: net.Socket, to: net.Socket): void {
    from.on("data", (bytes) => {
      // Nothing goes to a side that was ended on purpose.
      const isFull = to.writable && !to.write(bytes);
      if (isFull) to.once("drain", () => !this.#isStalled && from.resume());
      if (this.#slowBytes < Infinity) {
        setTimeout(
          () => !this.#isStalled && from.resume(),
          SLOW_MS * bytes.length / this.#slowBytes,
        );
      }
      if (isFull || this.#slowBytes < Infinity) from.pause();
    });
    from.on("end", () => to.end());
  }

  /** Stops reading, from old connections and from new ones. */
  stall(): void {
    this.#isStalled = true;
    for (const { client, upstream } of this.#pairs) {
      client.pause();
      upstream.pause();
    }
  }

  /** Reads again. */
  resume(): void {
    this.#isStalled = false;
    this.#slowBytes = Infinity;
    for (const { client, upstream } of this.#pairs) {
      client.resume();
      upstream.resume();
    }
  }

  /** Reads so many bytes every few milliseconds, and no more. */
  slowDown(bytes: number): void {
    this.#slowBytes = bytes;
  }

  /** Ends its side of the connections, and reads on until the sender ends its own. */
  finish(): void {
    for (const { client } of this.#pairs) client.end();
  }

  /** Resets the connections: what it has not read is lost. */
  reset(): void {
    for (const { client } of this.#pairs) client.resetAndDestroy();
  }

  /** Says whether the senders have ended their connections, and all was passed on. */
  get isIdle(): boolean {
    return this.#busy.size === 0;
  }

  /** Ends everything at once. */
  close(): void {
    this.refuse();
    for (const { client, upstream } of this.#pairs) {
      client.destroy();
      upstream.destroy();
    }
  }
}
