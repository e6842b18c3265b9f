import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { readFileSync } from "node:fs";
import type { StreamAddress, StreamConnection, TlsOptions } from "../../src/net/connector.ts";
import { test as register } from "../test.ts";
import { turns } from "../turns.ts";
import { until } from "../until.ts";
import { codeOf, pattern, sha256, type Target } from "./target.ts";

const pem = (file: string) =>
  readFileSync(new URL(`../testdata/tls/${file}`, import.meta.url), "utf8");
const ca = [pem("ca.pem")];
const otherCa = [pem("other-ca.pem")];
const server = { cert: pem("server.pem"), key: pem("server.key") };
const client = { cert: pem("client.pem"), key: pem("client.key") };

/** TCP with TLS, good and bad. */
export function tls({ name, connector, rawServer, skips = {} }: Target): void {
  const test = (check: string, fn: () => Promise<void>) =>
    register(`${name}: ${check}`, fn, { skip: skips[check] ?? false });

  /** Runs with a TLS listener; `accepted` is the connection of the client that got through. */
  async function withListener(
    tls: TlsOptions,
    fn: (
      connect: (tls: TlsOptions) => Promise<StreamConnection>,
      accepted: () => Promise<StreamConnection>,
    ) => Promise<void>,
  ): Promise<void> {
    const at: StreamAddress = { transport: "tcp", hostname: "127.0.0.1", port: 0, tls };
    const listener = await connector.listen(at);
    const { port } = listener.address as typeof at;
    const connections = listener[Symbol.asyncIterator]();
    try {
      await fn(
        (tls) => connector.connect({ transport: "tcp", hostname: "127.0.0.1", port, tls }),
        async () => (await connections.next()).value,
      );
    } finally {
      await listener.close();
    }
  }

  async function exchange(
    connection: StreamConnection,
    accepted: Promise<StreamConnection>,
    bytes: Uint8Array,
  ): Promise<void> {
    const peer = await accepted;
    assertEquals(peer.peerAddress, "127.0.0.1");
    const writing = connection.write(bytes).then(() => connection.close());
    const chunks: Uint8Array[] = [];
    for await (const chunk of peer) chunks.push(chunk);
    await peer.close();
    await writing;
    assertEquals(sha256(...chunks), sha256(bytes));
    assert(connection.bytesWritten === undefined || connection.bytesWritten === bytes.length);
  }

  test("TLS carries 16 MiB, checked for an IP address", () =>
    withListener(server, async (connect, accepted) => {
      await exchange(await connect({ ca }), accepted(), pattern(16 * 1024 * 1024));
    }));

  test("TLS checks `serverName` instead of the host name", () =>
    withListener(server, async (connect, accepted) => {
      const connection = await connect({ ca, serverName: "log.example" });
      await exchange(connection, accepted(), pattern(1000));
      assertEquals(await codeOf(connect({ ca, serverName: "wrong.example" })), "tls");
    }));

  test("TLS refuses a certificate of an authority that is not trusted", () =>
    withListener(server, async (connect) => {
      assertEquals(await codeOf(connect({ ca: otherCa })), "tls");
      assertEquals(await codeOf(connect({})), "tls");
    }));

  test("a TLS listener outlives failed handshakes", () =>
    withListener(server, async (connect, accepted) => {
      assertEquals(await codeOf(connect({ ca: otherCa })), "tls");
      await exchange(await connect({ ca }), accepted(), pattern(10));
    }));

  test("a TLS listener that closes drops a client that has not ended its handshake", async () => {
    const at = { transport: "tcp", hostname: "127.0.0.1", port: 0 } as const;
    const listener = await connector.listen({ ...at, tls: server });
    const { port } = listener.address as typeof at;
    const silent = await connector.connect({ ...at, port });
    await turns(5);
    await listener.close();
    await silent.closed;
    await silent.close();
  });

  test("a TLS listener ends the connection of a client that leaves within its handshake", async () => {
    const at = { transport: "tcp", hostname: "127.0.0.1", port: 0 } as const;
    const listener = await connector.listen({ ...at, tls: server });
    const { port } = listener.address as typeof at;
    const client = await connector.connect({ ...at, port });
    await client.write(new Uint8Array([0x16, 3, 1]));
    // A handshake may take ten seconds; this one is over at once.
    const bound = new AbortController();
    const timer = setTimeout(() => bound.abort(), 5000);
    await client.close({ signal: bound.signal });
    clearTimeout(timer);
    assert(!bound.signal.aborted);
    await listener.close();
  });

  test("TLS presents a client certificate where one is demanded", () =>
    withListener({ ...server, ca }, async (connect, accepted) => {
      await exchange(await connect({ ca, ...client }), accepted(), pattern(1000));
      const named = await connect({ ca, ...client, serverName: "log.example" });
      await exchange(named, accepted(), pattern(1000));
    }));

  test("a TLS listener refuses a client without the certificate that it demands", async () => {
    const cases = [
      { demanded: ca, presented: {}, outcomes: ["tls"] },
      // Node's listener hangs up on this one without a TLS alert.
      { demanded: otherCa, presented: client, outcomes: ["tls", "closed", "reset"] },
    ];
    for (const { demanded, presented, outcomes } of cases) {
      await withListener({ ...server, ca: demanded }, async (connect, accepted) => {
        // With TLS 1.3 the client is through before the server has seen its certificate.
        const outcome = await connect({ ca, ...presented }).then(
          async (connection) => {
            const error = await connection.closed;
            await connection.close();
            return error?.code ?? "closed";
          },
          (error) => error.code,
        );
        assert(outcomes.includes(outcome), outcome);
        // Nobody was handed over: the next connection that comes out is the next one that is good.
        if (demanded !== ca) return;
        await exchange(await connect({ ca, ...client }), accepted(), pattern(10));
      });
    }
  });

  test("connect() with a key that only looks like one rejects with a ConnectionError", async () => {
    const absent = await rawServer();
    await absent.close();
    const key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    const tls = { ca, cert: client.cert, key };
    assertNotEquals(await codeOf(connector.connect({ ...absent.address, tls })), "no error");
  });

  test("TLS towards a server without TLS fails with `tls`", async () => {
    const plain = await rawServer();
    const connecting = codeOf(connector.connect({ ...plain.address, tls: { ca } }));
    const peer = await plain.accepted();
    await peer.write(new TextEncoder().encode("220 no TLS here\r\n"));
    assertEquals(await connecting, "tls");
    await plain.close();
  });

  test("connect() gives up a handshake when its signal is aborted, and closes the socket", async () => {
    const silent = await rawServer();
    for (
      const [reason, code] of [
        [new DOMException("too slow", "TimeoutError"), "timeout"],
        [undefined, "closed"],
      ] as const
    ) {
      const controller = new AbortController();
      const to = { ...silent.address, tls: { ca } };
      const connecting = codeOf(connector.connect(to, { signal: controller.signal }));
      const peer = await silent.accepted();
      await until(async () => (await peer.received()).size > 0, () => "the client's hello");
      controller.abort(reason);
      assertEquals(await connecting, code);
      await peer.ended;
    }
    await silent.close();
  });

  test("TLS options that cannot work are refused with their name", async () => {
    const to = { transport: "tcp", hostname: "127.0.0.1", port: 9020 } as const;
    const bad: [TlsOptions, string][] = [
      [{ ca: ["nonsense"] }, `'tls.ca' must be an array of PEM certificates`],
      [{ cert: "nonsense", key: client.key }, `'tls.cert' must be a PEM certificate`],
      [{ cert: client.cert, key: "secret" }, `'tls.key' must be a PEM private key`],
      [{ cert: client.cert }, `'tls.cert' and 'tls.key' go together: 'key' is missing`],
      [{ serverName: "" }, `'tls.serverName' must be a non-empty string`],
    ];
    for (const [tls, message] of bad) {
      const error = await assertRejects(
        () => connector.connect({ ...to, tls }),
        TypeError,
        message,
      );
      assert(!error.message.includes("secret"));
    }
    await assertRejects(
      () => connector.listen({ ...to, tls: {} }),
      TypeError,
      "'tls.cert' must be",
    );
  });
}
