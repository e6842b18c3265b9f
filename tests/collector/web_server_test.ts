import { assert, assertEquals, assertRejects } from "@std/assert";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { WebServer, type WebServerSettings } from "../../src/collector/_web_server.ts";
import { test } from "../test.ts";
import { until } from "../until.ts";

/** Runs a server while `work` does. */
async function serving(
  settings: Partial<WebServerSettings>,
  work: (server: WebServer, url: string) => Promise<void>,
): Promise<void> {
  const server = new WebServer({
    host: "127.0.0.1",
    port: 0,
    maxConnections: 100,
    accepts: () => true,
    fetch: async (request, sender) => {
      const { method, url, headers } = request;
      const body = await request.text();
      const { pathname } = new URL(url);
      return Response.json({ method, pathname, sender, host: headers.get("host"), body });
    },
    ...settings,
  });
  await server.start();
  try {
    await work(server, `http://127.0.0.1:${server.port}`);
  } finally {
    await server.stop(0);
  }
  await until(() => server.open === 0, () => "the end of connections");
}

/** Sends bytes as they are, and returns the answer to its end. */
async function raw(port: number, text: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let answer = "";
  socket.setEncoding("utf8").on("data", (part: string) => answer += part).on("error", () => {});
  socket.write(text);
  // Not by once(), which an error of the socket would reject.
  await new Promise((resolve) => socket.on("close", resolve));
  return answer;
}

const close = { connection: "close" };

test("WebServer makes a Request of what arrives, and sends the Response", () =>
  serving({}, async (server, url) => {
    const body = "é".repeat(200_000);
    const answer = await fetch(`${url}/a?b`, { method: "POST", body, headers: close });
    assertEquals(await answer.json(), {
      ...{ method: "POST", pathname: "/a", sender: "127.0.0.1", body },
      host: `127.0.0.1:${server.port}`,
    });
    assertEquals([server.connections, server.refused], [1, 0]);
  }));

test("WebServer sends cookies, statuses, and no content for HEAD", () => {
  const headers = { "Set-Cookie": "a=1", "X-Own": "b" };
  return serving(
    { fetch: () => new Response("text", { status: 418, headers }) },
    async (_, url) => {
      const answer = await fetch(url, { headers: close });
      assertEquals([answer.status, answer.headers.get("x-own")], [418, "b"]);
      assertEquals([answer.headers.getSetCookie(), await answer.text()], [["a=1"], "text"]);
      const head = await fetch(url, { method: "HEAD", headers: close });
      assertEquals([head.status, await head.text()], [418, ""]);
    },
  );
});

test("WebServer answers although it has not read the content, which is dropped", () =>
  serving({ fetch: () => new Response("enough", { status: 413 }) }, async (_, url) => {
    const body = new Uint8Array(3_000_000);
    const answer = await fetch(url, { method: "POST", body, headers: close });
    assertEquals([answer.status, await answer.text()], [413, "enough"]);
  }));

test("WebServer refuses requests that it cannot read", () =>
  serving({}, async ({ port }) => {
    const status = async (text: string) =>
      (await raw(port, `${text}\r\nConnection: close\r\n\r\n`)).slice(9, 12);
    assertEquals(await status("GET http://[ HTTP/1.1\r\nHost: a"), "400");
    assertEquals(await status("nonsense"), "400");
    assertEquals(await status("GET / HTTP/1.1\r\nHost: localhost"), "200");
  }));

test("WebServer closes the connections of addresses that may not connect", () =>
  serving({ accepts: () => false }, async (server) => {
    assertEquals(await raw(server.port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"), "");
    assertEquals([server.connections, server.refused], [0, 1]);
  }));

test("WebServer closes the connections over the most that it takes", () =>
  serving({ maxConnections: 2 }, async (server) => {
    const held: Socket[] = [];
    for (let i = 0; i < 2; i++) {
      const socket = connect(server.port, "127.0.0.1").on("error", () => {});
      held.push(socket);
      // Bun reports a connection with its first bytes.
      socket.write("GET / HTTP/1.1\r\n");
      await until(() => server.open === i + 1, () => `${server.open} connections`);
    }
    assertEquals(await raw(server.port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"), "");
    assertEquals(server.refused, 1);
    for (const socket of held) socket.destroy();
  }));

/** A stream that has something to say without end, and counts. */
function endless() {
  const state = { pulls: 0, isCancelled: false };
  const chunk = new Uint8Array(65_536);
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      state.pulls++;
      controller.enqueue(chunk);
    },
    cancel() {
      state.isCancelled = true;
    },
  }, { highWaterMark: 0 });
  return { state, stream };
}

test("WebServer cancels the answer when the client has gone", () => {
  const { state, stream } = endless();
  return serving({ fetch: () => new Response(stream) }, async ({ port }) => {
    const socket = connect(port, "127.0.0.1").on("error", () => {});
    socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await once(socket, "data");
    socket.destroy();
    await until(() => state.isCancelled, () => "the end of the stream");
  });
});

test("WebServer disconnects a client that leaves an answer unread, and holds little for it", () => {
  const { state, stream } = endless();
  const settings = { stallTimeoutMs: 300, fetch: () => new Response(stream) };
  return serving(settings, async ({ port }) => {
    const socket = connect(port, "127.0.0.1").on("error", () => {});
    socket.pause();
    socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await until(() => state.isCancelled, () => `the end of the stream: ${state.pulls} parts`);
    // The kernel holds some megabytes, and this process a few parts.
    assert(state.pulls < 300, `${state.pulls}`);
    socket.destroy();
  });
});

test("start() rejects when the port is in use", () =>
  serving({}, async ({ port }) => {
    const second = new WebServer({
      ...{ host: "127.0.0.1", port, maxConnections: 1, accepts: () => true },
      fetch: () => new Response(""),
    });
    await assertRejects(() => second.start());
    await second.stop(0);
  }));
