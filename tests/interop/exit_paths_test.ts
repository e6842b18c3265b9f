/**
 * The records of the last turn of a program, by the way in which it ends: the table of README.md
 * under "When the program ends", each cell as run.
 */
import { assertEquals } from "@std/assert";
import dgram from "node:dgram";
import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import { inFolder, read } from "../files/folder.ts";
import { runtime, test } from "../test.ts";
import { runProgram } from "./programs.ts";

/** How many of the three last records of a program stand in this text. */
function countIn(text: string): number {
  return new Set(text.match(/last \d/g)).size;
}

/** A TCP server that keeps what it receives. */
class StreamSink implements AsyncDisposable {
  text = "";
  readonly #server = net.createServer((socket) => {
    this.#closed.push(once(socket, "close"));
    socket.on("error", () => {}).on("data", (bytes) => this.text += bytes.toString("latin1"));
    socket.on("end", () => socket.end());
  });
  readonly #closed: Promise<unknown>[] = [];

  async listen(): Promise<number> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return (this.#server.address() as net.AddressInfo).port;
  }

  /** Resolves when every connection that was made before is over. */
  async drained(): Promise<void> {
    const probe = net.connect((this.#server.address() as net.AddressInfo).port, "127.0.0.1");
    await once(this.#server, "connection");
    probe.destroy();
    await Promise.all(this.#closed);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    await closed;
  }
}

/** A UDP socket that keeps what it receives. */
class DatagramSink implements AsyncDisposable {
  text = "";
  readonly #socket = dgram.createSocket("udp4");

  async listen(): Promise<number> {
    this.#socket.on("message", (bytes) => this.text += bytes.toString("latin1"));
    this.#socket.bind(0, "127.0.0.1");
    await once(this.#socket, "listening");
    return this.#socket.address().port;
  }

  /** Resolves when a datagram that is sent now has arrived, behind all others. */
  async drained(): Promise<void> {
    this.#socket.send("the probe", this.#socket.address().port, "127.0.0.1");
    while (!this.text.includes("the probe")) await once(this.#socket, "message");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#socket, "close");
    this.#socket.close();
    await closed;
  }
}

/** An HTTP server that answers every request with 204. */
class HttpSink implements AsyncDisposable {
  text = "";
  readonly #server = http.createServer((request, response) => {
    request.on("data", (bytes) => this.text += bytes.toString("latin1"));
    request.on("end", () => response.writeHead(204).end());
    request.on("error", () => {});
  });

  async listen(): Promise<number> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return (this.#server.address() as net.AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.closeAllConnections();
    this.#server.close();
    await closed;
  }
}

type Received = Record<
  "socket" | "datagram" | "syslog" | "http" | "file" | "memory" | "queue" | "stderr",
  number
>;

/** How many of its three last records each handler has brought to where they belong. */
async function received(
  ending: string,
  state: string,
  status: Status,
  denoFlags: string[] = [],
): Promise<Received> {
  await using socket = new StreamSink();
  await using datagram = new DatagramSink();
  await using syslog = new StreamSink();
  await using web = new HttpSink();
  const ports: number[] = [];
  for (const sink of [socket, datagram, syslog, web]) ports.push(await sink.listen());
  const files: string[] = [];
  let stderr = "";
  await inFolder(async (folder) => {
    const path = `${folder}/app.log`;
    ({ stderr } = await runProgram(
      "exit_paths_program.ts",
      [ending, state, ...ports, path],
      status,
      {
        denoFlags: ["--allow-read", "--allow-write", "--allow-sys", "--allow-run", ...denoFlags],
      },
    ));
    for (const sink of [socket, datagram, syslog]) await sink.drained();
    for (const end of ["", ".memory", ".queue"]) files.push(read(`${path}${end}`));
  });
  const [file = "", memory = "", queue = ""] = files;
  const texts = { file, memory, queue, stderr };
  return {
    socket: countIn(socket.text),
    datagram: countIn(datagram.text),
    syslog: countIn(syslog.text),
    http: countIn(web.text),
    ...Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, countIn(text)])),
  } as Received;
}

type Status = number | "SIGTERM";

const local = { file: 3, memory: 3, queue: 3, stderr: 3 };
const all: Received = { ...local, socket: 3, datagram: 3, syslog: 3, http: 3 };
const kernel = { ...local, socket: 3, datagram: 3, syslog: 3, http: 0 };
const localOnly = { ...local, socket: 0, datagram: 0, syslog: 0, http: 0 };
const stderrOnly = { ...localOnly, file: 0, memory: 0, queue: 0 };

// On Deno a datagram is sent in a later turn, and there is none after `exit()`.
const atExit = runtime === "deno" ? { ...kernel, datagram: 0 } : kernel;

const paths: [
  ending: string,
  state: string,
  status: Status,
  expected: Partial<Received>,
  denoFlags?: string[],
][] = [
  ["returns", "connecting", 0, all],
  ["returns", "connected", 0, all],
  // The runtime notices the error some turns later, when some handlers have connected.
  ["throws", "connecting", 1, local],
  ["throws", "connected", 1, { ...local, socket: 3, datagram: 3, syslog: 3 }],
  ["calls process.exit()", "connecting", 1, localOnly],
  ["calls process.exit()", "connected", 1, atExit],
  ["is killed by SIGTERM", "connecting", "SIGTERM", stderrOnly],
  ["is killed by SIGTERM", "connected", "SIGTERM", stderrOnly],
  ["stops at SIGTERM by shutdown()", "connecting", 0, all],
  ["stops at SIGTERM by shutdown()", "connected", 0, all],
];
if (runtime === "deno") {
  paths.push(["calls Deno.exit()", "connecting", 1, localOnly]);
  paths.push(["calls Deno.exit()", "connected", 1, atExit]);
  paths.push(["calls Deno.exit()", "connected", 1, atExit, ["--unstable-net"]]);
}

for (const [ending, state, status, expected, flags = []] of paths) {
  const title = ["a program that", ending, "while", state, ...flags.map((flag) => `with ${flag}`)];
  test(`${title.join(" ")} saves the records that README.md says`, async () => {
    const saved = await received(ending, state, status, flags);
    assertEquals(saved, { ...saved, ...expected });
  });
}
