/** Checks of the connector of workers, which run in workerd. */
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { ConnectionError } from "../../src/net/connection_error.ts";
import type { StreamAddress } from "../../src/net/connector.ts";
import {
  type ClientTarget,
  codeOf,
  pattern,
  type RawServer,
  type Received,
  sha256,
} from "../conformance/target.ts";
import { test as register } from "../test.ts";
import { turns } from "../turns.ts";

/** A server with a certificate for `127.0.0.1` and `log.example`, which workerd is told to trust. */
export interface TlsServer extends Pick<RawServer, "address" | "close"> {
  /** Reads the bytes of the next client, to their end. */
  received(): Promise<Received>;
}

export function cloudflareChecks(
  { name, connector, rawServer, tlsServer }: ClientTarget & { tlsServer(): Promise<TlsServer> },
): void {
  const test = (check: string, fn: () => Promise<void>) => register(`${name}: ${check}`, fn);

  test("connect() that fails in a worker is `other`, with the words of the worker", async () => {
    const server = await rawServer();
    await server.close();
    const absent = { transport: "tcp", hostname: "no.such.host.invalid", port: 9020 } as const;
    for (const to of [server.address, absent]) {
      const error = await connector.connect(to).then(() => undefined, (error) => error);
      assertInstanceOf(error, ConnectionError);
      assertEquals(error.code, "other");
      assert(error.message.startsWith(`Cannot connect to ${to.hostname}:${to.port}: `));
      assertInstanceOf(error.cause, Error);
    }
  });

  test("TLS options and transports that a worker lacks are `unsupported`, and the message says what to do", async () => {
    const certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    const key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    const at = { transport: "tcp", hostname: "localhost", port: 1 } as const;
    const cases: [StreamAddress, string][] = [
      [{ transport: "unix", path: "/run/log" }, "Cannot connect to /run/log: workers have no"],
      [{ ...at, tls: { ca: [certificate] } }, "take no 'tls.ca'; they trust the authorities of"],
      [{ ...at, tls: { cert: certificate, key } }, "take no 'tls.cert'; they present no"],
    ];
    for (const [to, text] of cases) {
      const error = await connector.connect(to).then(() => undefined, (error) => error);
      assertInstanceOf(error, ConnectionError);
      assertEquals(error.code, "unsupported");
      assert(error.message.includes(text), error.message);
    }
  });

  for (const tls of [{}, { serverName: "log.example" }]) {
    test(`TLS with ${JSON.stringify(tls)} carries 4 MiB to the server's end`, async () => {
      const server = await tlsServer();
      const bytes = pattern(4 * 1024 * 1024);
      const received = server.received();
      const connection = await connector.connect({ ...server.address, tls });
      await connection.write(bytes);
      await connection.close();
      assertEquals(await connection.closed, undefined);
      assertEquals(await received, { size: bytes.length, hash: sha256(bytes) });
      await server.close();
    });
  }

  test("TLS refuses a certificate for another name than `serverName`", async () => {
    const server = await tlsServer();
    const tls = { serverName: "wrong.example" };
    assertEquals(await codeOf(connector.connect({ ...server.address, tls })), "tls");
    await server.close();
  });

  test("connect() over TLS to a server that says nothing ends with its signal", async () => {
    const silent = await rawServer();
    for (const tls of [{}, { serverName: "log.example" }]) {
      const controller = new AbortController();
      const { signal } = controller;
      const connecting = codeOf(connector.connect({ ...silent.address, tls }, { signal }));
      await silent.accepted();
      await turns(5);
      controller.abort(new DOMException("too slow", "TimeoutError"));
      assertEquals(await connecting, "timeout");
    }
    await silent.close();
  });

  test("close() after a write that its signal cut leaves no part of the next piece", async () => {
    const server = await rawServer();
    const connection = await connector.connect(server.address);
    const peer = await server.accepted();
    await peer.stall();
    const bytes = pattern(32 * 1024 * 1024);
    const writing = codeOf(connection.write(bytes));
    await turns(20);
    const taken = connection.bytesWritten ?? 0;
    await connection.close({ signal: AbortSignal.abort() });
    assertEquals(await writing, "closed");
    // The caller may use its bytes for something else now.
    bytes.fill(0);
    await peer.resume();
    await peer.ended;
    const { size, hash } = await peer.received();
    assert(size >= taken && size <= taken + 128 * 1024, `${size} arrived, ${taken} were taken`);
    assertEquals(hash, sha256(pattern(32 * 1024 * 1024).subarray(0, size)));
    await server.close();
  });
}
