/**
 * A real nats-server with JetStream, on a port of 127.0.0.1 and with a store in a folder that are its
 * own. It can be killed, and started again.
 */
import { jetstream, type JetStreamClient, jetstreamManager } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

/** Debian has it where the PATH of a user does not reach. */
const command = ["nats-server", "/usr/sbin/nats-server"]
  .find((path) => spawnSync(path, ["--version"]).status === 0);

/** Why a test that needs it is skipped here; `false` if it is not. */
export const withoutNats: string | false =
  command !== undefined || process.env.LOGWIRE_REQUIRE_SERVERS === "1"
    ? false
    : "it needs nats-server: apt-get install nats-server";

/** The stream of the tests. */
export const STREAM = "LOGS";

/** A running nats-server. */
export class NatsServer implements AsyncDisposable {
  readonly #folder: string;
  readonly #config: string;
  readonly #connections: NatsConnection[] = [];
  port = -1;
  #child: ChildProcess | undefined;
  #ended: Promise<unknown> = Promise.resolve();

  private constructor(folder: string, config: string) {
    this.#folder = folder;
    this.#config = config;
  }

  /** Starts one, with these lines in its configuration too, and makes the stream. */
  static async start(
    config = "",
    stream: { retention?: "limits" | "workqueue"; max_msg_size?: number } = {},
  ): Promise<NatsServer> {
    const folder = mkdtempSync(join(tmpdir(), "logwire-nats-"));
    const server = new NatsServer(folder, config);
    try {
      await server.launch();
      const connection = await server.connect();
      const manager = await jetstreamManager(connection);
      await manager.streams.add({ name: STREAM, subjects: ["logs.>"], ...stream });
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Starts it, at the port that it had. */
  async launch(): Promise<void> {
    const file = join(this.#folder, "nats.conf");
    const store = JSON.stringify(join(this.#folder, "store"));
    const lines = [`listen: "127.0.0.1:${this.port}"`, `jetstream { store_dir: ${store} }`];
    writeFileSync(file, [...lines, this.#config, ""].join("\n"));
    const child = spawn(command!, ["-c", file], { stdio: ["ignore", "ignore", "pipe"] });
    this.#child = child;
    this.#ended = once(child, "close");
    let output = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => output += text);
    while (!/Server is ready/.test(output)) {
      const more = once(child.stderr, "data").then(() => true);
      if (await Promise.race([more, this.#ended.then(() => false)])) continue;
      throw new Error(`nats-server has ended: ${output}`);
    }
    const [, port] = /client connections on 127\.0\.0\.1:(\d+)/.exec(output)!;
    this.port = Number(port);
  }

  /** Connects a client that reconnects for ever; it is closed with the server. */
  async connect(user?: { user: string; pass: string }): Promise<NatsConnection> {
    const connection = await connect({
      servers: `127.0.0.1:${this.port}`,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 50,
      reconnectJitter: 0,
      ...user,
    });
    this.#connections.push(connection);
    return connection;
  }

  /** A client of JetStream over a connection of its own. */
  async client(): Promise<JetStreamClient> {
    return jetstream(await this.connect());
  }

  /** Kills it, without a moment to write anything. */
  async kill(): Promise<void> {
    this.#child?.kill("SIGKILL");
    await this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#connections) await connection.close().catch(() => {});
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
