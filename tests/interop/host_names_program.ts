/**
 * Dials host names, in a process whose /etc/hosts it may write: prints as JSON where each dial led, for
 * the connector of this runtime and that of `./node`.
 */
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import process from "node:process";
import { connector as own } from "../../src/adapters/auto.ts";
import { connector as node } from "../../src/adapters/node.ts";
import type { Connector } from "../../src/net/connector.ts";

const connectors = Object.entries({ own, node });

async function listen(host: string, port = 0): Promise<Server> {
  const server = createServer((socket) => socket.on("error", () => {}).end());
  await once(server.listen(port, host), "listening");
  return server;
}

const close = (server: Server) => new Promise((done) => server.close(done));
const portOf = (server: Server) => (server.address() as AddressInfo).port;

/** The address that a dial of a name led to, or the code of its error. */
async function dial(connector: Connector, hostname: string, port: number): Promise<string> {
  try {
    const to = { transport: "tcp", hostname, port } as const;
    const connection = await connector.connect(to, { signal: AbortSignal.timeout(5000) });
    await connection.close();
    return String(connection.peerAddress);
  } catch (error) {
    return String((error as { code?: unknown }).code);
  }
}

function setHosts(names: Record<string, string[]>): void {
  const lines = Object.entries(names).flatMap(([name, addresses]) =>
    addresses.map((address) => `${address} ${name}\n`)
  );
  writeFileSync("/etc/hosts", lines.join(""));
}

/** Of a name with addresses of both families one alone listens. */
async function dialFamilies(): Promise<Record<string, string>> {
  const both = ["::1", "127.0.0.1"];
  const names = Object.fromEntries(connectors.map(([name]) => [`${name}.test`, both]));
  setHosts({ localhost: both, ...names });
  const led: Record<string, string> = {};
  for (const listening of both) {
    const server = await listen(listening);
    for (const [name, connector] of connectors) {
      for (const hostname of ["localhost", `${name}.test`]) {
        led[`${name} ${hostname} ${listening}`] = await dial(connector, hostname, portOf(server));
      }
    }
    await close(server);
  }
  return led;
}

/** A server moves to another address between two dials, which the name then has; the third dial is again for it. */
async function dialMoved(): Promise<Record<string, string[]>> {
  const led: Record<string, string[]> = {};
  for (const [name, connector] of connectors) {
    const hostname = `moved-${name}.test`;
    setHosts({ [hostname]: ["127.0.0.2"] });
    const before = await listen("127.0.0.2");
    const port = portOf(before);
    const dials = led[name] = [await dial(connector, hostname, port)];
    await close(before);
    setHosts({ [hostname]: ["127.0.0.3"] });
    const behind = await listen("127.0.0.3", port);
    dials.push(await dial(connector, hostname, port), await dial(connector, hostname, port));
    await close(behind);
  }
  return led;
}

process.stdout.write(JSON.stringify({ families: await dialFamilies(), moved: await dialMoved() }));
