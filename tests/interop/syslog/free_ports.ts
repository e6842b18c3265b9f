/** Ports for programs that cannot be told to ask the system for one. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

/** Returns different ports of 127.0.0.1 that are free now, and most likely a moment later too. */
export async function freePorts<Name extends string>(
  names: Record<Name, "tcp" | "udp">,
): Promise<Record<Name, number>> {
  const held = await Promise.all(
    Object.entries<"tcp" | "udp">(names).map(async ([name, protocol]) => ({
      name,
      ...await (protocol === "tcp" ? holdTcp() : holdUdp()),
    })),
  );
  await Promise.all(held.map(({ release }) => release()));
  return Object.fromEntries(held.map(({ name, port }) => [name, port])) as Record<Name, number>;
}

interface Held {
  port: number;
  release(): Promise<unknown>;
}

async function holdTcp(): Promise<Held> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return { port, release: () => new Promise((done) => server.close(done)) };
}

async function holdUdp(): Promise<Held> {
  const socket = createSocket("udp4");
  await once(socket.bind(0, "127.0.0.1"), "listening");
  const { port } = socket.address();
  return { port, release: () => new Promise<void>((done) => socket.close(done)) };
}
