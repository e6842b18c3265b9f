/**
 * Host names with several addresses, and names whose address changes: these in a mount namespace of their
 * own, so that the test has an /etc/hosts to write.
 */
import { assertEquals } from "@std/assert";
import { spawnSync } from "node:child_process";
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { connector as own } from "../../src/adapters/auto.ts";
import { connector as node } from "../../src/adapters/node.ts";
import { runtime, test } from "../test.ts";
import { runProgram } from "./programs.ts";

/** Runs a program that sees the file `$0` as /etc/hosts. */
const namespace = (hosts: string) => [
  ...["unshare", "--map-root-user", "--mount", "sh", "-c"],
  ...['mount --bind "$0" /etc/hosts && exec "$@"', hosts],
];

function withoutNamespaces(): string | false {
  const folder = mkdtempSync(join(tmpdir(), "logwire-hosts-"));
  try {
    const hosts = join(folder, "hosts");
    writeFileSync(hosts, "");
    const [command = "", ...args] = namespace(hosts);
    if (spawnSync(command, [...args, "true"]).status !== 0) {
      return "it needs unshare(1), and the right to make a mount namespace";
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  const addresses = Object.values(networkInterfaces()).flat();
  return !addresses.some((info) => info?.address === "::1") && "it needs IPv6: there is no ::1";
}

const ownAddresses = (await lookup("localhost", { all: true })).map(({ address }) => address);

for (const host of ["::1", "127.0.0.1"]) {
  test(`a dial of localhost finds a server that listens at ${host} alone`, async () => {
    for (const connector of [own, node]) {
      const server = createServer((socket) => socket.end());
      await once(server.listen(0, host), "listening");
      const { port } = server.address() as AddressInfo;
      const connection = await connector.connect({ transport: "tcp", hostname: "localhost", port });
      assertEquals(connection.peerAddress, host);
      await connection.close();
      await new Promise((done) => server.close(done));
    }
  }, { skip: !ownAddresses.includes(host) && `localhost has no address ${host} here` });
}

test(
  "a dial looks the host name up, but on Bun, and tries its IPv6 and IPv4 addresses",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "logwire-hosts-"));
    try {
      const hosts = join(folder, "hosts");
      writeFileSync(hosts, "");
      const { stdout } = await runProgram("host_names_program.ts", [], 0, {
        wrapper: namespace(hosts),
        denoFlags: ["--allow-read", "--allow-write=/etc/hosts", "--allow-sys"],
      });
      const { families, moved } = JSON.parse(stdout);
      for (const [dial, led] of Object.entries(families)) {
        assertEquals(led, dial.split(" ").at(-1), `${dial}: the one that listens`);
      }
      const lookedUp = ["127.0.0.2", "127.0.0.3", "127.0.0.3"];
      // Bun remembers the addresses of a name for 30 s; the page of ./bun says so.
      const remembered = ["127.0.0.2", "refused", "refused"];
      assertEquals(moved, { own: runtime === "bun" ? remembered : lookedUp, node: lookedUp });
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  { skip: withoutNamespaces() },
);
