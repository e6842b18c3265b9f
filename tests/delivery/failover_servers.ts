/** Several servers on the in-memory network, each at a port of its own, and a handler that fails over. */
import { failover, type FailoverOptions } from "../../src/delivery/failover.ts";
import type { DeliveryEvent } from "../../src/delivery/delivery_event.ts";
import { SocketHandler, type SocketHandlerOptions } from "../../src/handlers/socket_handler.ts";
import type {
  Connector,
  StreamAddress,
  StreamConnection,
  WaitOptions,
} from "../../src/net/connector.ts";
import {
  MemoryNetwork,
  type MemoryPeer,
  type MemoryStep,
  type VirtualClock,
} from "../../src/testing/memory.ts";
import { messages } from "../handlers/wire.ts";

/** Dials the in-memory network, where each port has a script of its own. */
export class Servers implements Connector {
  readonly network: MemoryNetwork = new MemoryNetwork();
  /** For each port what a dial meets; `ok` where there is none. */
  readonly steps: Map<number, MemoryStep> = new Map();
  /** Each dial: the address, and when, in seconds. */
  readonly dials: { to: StreamAddress; at: number }[] = [];

  connect(to: StreamAddress, options?: WaitOptions): Promise<StreamConnection> {
    this.dials.push({ to, at: this.network.clock.now() });
    this.network.nextConnects(this.steps.get(portOf(to)) ?? "ok");
    return this.network.connect(to, options);
  }

  atExit(...args: Parameters<MemoryNetwork["atExit"]>): () => void {
    return this.network.atExit(...args);
  }

  /** Each dial so far, as `port@seconds`. */
  get log(): string[] {
    return this.dials.map(({ to, at }) => `${portOf(to)}@${at}`);
  }

  /** The messages that each connection carried, behind its port. */
  get received(): string[] {
    return this.network.peers.map((peer) =>
      [portOf(peer.address), ...messages(peer.received)].join(" ")
    );
  }

  /** Plays all new connections for so long, in steps of 20 ms. */
  async play(seconds: number, serve: (peer: MemoryPeer) => void): Promise<void> {
    for (let step = 0; step < seconds * 50; step++) {
      await this.network.clock.advance(20);
      const peer = this.network.peers.at(-1);
      if (peer !== undefined && !peer.halfClosed) serve(peer);
    }
  }
}

function portOf(address: StreamAddress): number {
  return address.transport === "tcp" ? address.port : 0;
}

/** The address of a server. */
export function server(port: number): StreamAddress {
  return { transport: "tcp", hostname: `logs-${port}.example`, port };
}

/** A handler that fails over, and what is around it. */
export interface FailoverRun {
  servers: Servers;
  network: MemoryNetwork;
  clock: VirtualClock;
  handler: SocketHandler;
  events: DeliveryEvent[];
}

/** A handler at the server of port 1, with those of the other ports behind it. */
export function setUp(
  others: readonly number[],
  options: Partial<SocketHandlerOptions> = {},
  more: FailoverOptions = {},
): FailoverRun {
  const servers = new Servers();
  const { network } = servers;
  const { clock } = network;
  const events: DeliveryEvent[] = [];
  const handler = new SocketHandler("logs-1.example", 1, {
    connector: failover(servers, others.map(server), { clock, ...more }),
    clock,
    whileDisconnected: "queue",
    onEvent: (event) => events.push(event),
    ...options,
  });
  return { servers, network, clock, handler, events };
}

/** An event in a few words. */
export function shown(event: DeliveryEvent): string {
  switch (event.type) {
    case "connected":
      return `connected ${event.address}`;
    case "connect-failed":
      return `failed ${event.retrySeconds} ${(event.error as Error).message}`;
    case "outage":
      return `outage ${(event.error as Error).message}`;
    default:
      return event.type;
  }
}

/** Closes a handler whose clock the test moves. */
export async function close(
  { clock, handler }: Pick<FailoverRun, "clock" | "handler">,
): Promise<void> {
  const closed = handler.close();
  await clock.advance(5000);
  await closed;
}
