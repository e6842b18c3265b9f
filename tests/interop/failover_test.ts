/**
 * `failover()` between two real rsyslogs, over RELP and over plain TCP: under load the one that has the
 * connection is killed (SIGKILL) again and again, and comes back.
 */
import { assert, assertEquals } from "@std/assert";
import process from "node:process";
import { connector } from "../../src/adapters/auto.ts";
import { failover } from "../../src/delivery/failover.ts";
import { SysLogHandler, type SysLogHandlerOptions } from "../../src/handlers/sys_log_handler.ts";
import { Logger } from "../../src/logging/logger.ts";
import { Dice } from "../delivery/scripted_faults.ts";
import { account } from "../handlers/wire.ts";
import { isLong } from "../long_form.ts";
import { test } from "../test.ts";
import { turns } from "../turns.ts";
import { until } from "../until.ts";
import { freePorts } from "./syslog/free_ports.ts";
import { RelpDaemon, withoutRelp } from "./syslog/relp_daemon.ts";

const skip = withoutRelp();

/** The number of times that one of the two is killed. */
const KILLS = isLong ? 10 : 2;

/** So many records are logged in one turn of the event loop, and are queued at most. */
const BURST = 100;
const MOST_QUEUED = 5000;

/** The time of one connection: the server, its lines until then, and the first number to come. */
interface Life {
  server: number;
  line: number;
  number: number;
  /** Records that were logged when it began. */
  logged: number;
}

type Framing = "relp" | "octet-counting";

const numbersOf = (lines: string[]) => lines.map((line) => Number(/#(\d+)$/.exec(line)?.[1]));

/** Two daemons, and a handler that logs numbers to them. */
class Fleet implements AsyncDisposable {
  readonly handler: SysLogHandler;
  readonly lives: Life[] = [];
  /** The address of each connection, and the outages. */
  readonly connected: (string | undefined)[] = [];
  outages = 0;
  logged = 0;
  readonly ports: number[];
  readonly #daemons: RelpDaemon[];
  readonly #isRelp: boolean;
  readonly #log = new Logger("shop", 1);

  private constructor(daemons: RelpDaemon[], ports: number[], framing: Framing) {
    this.#daemons = daemons;
    this.#isRelp = framing === "relp";
    this.ports = ports;
    const [first, second] = ports as [number, number];
    const other = { transport: "tcp", hostname: "127.0.0.1", port: second } as const;
    this.handler = new SysLogHandler(["127.0.0.1", first], {
      connector: failover(connector, [other], { returnAfterMs: 50 }),
      socktype: "stream",
      framing,
      format: "rfc5424",
      whileDisconnected: "queue",
      onEvent: (event) => {
        if (event.type === "outage") this.outages++;
        if (event.type === "connected") this.connected.push(event.address);
        if (event.type === "disconnected" && this.lives.length <= KILLS) this.#begin();
      },
    } as SysLogHandlerOptions);
    this.handler.retryStart = 0.1;
    this.#log.addHandler(this.handler);
    this.#begin();
  }

  static async start(framing: Framing): Promise<Fleet> {
    const { a, b } = await freePorts({ a: "tcp", b: "tcp" });
    const daemons = await Promise.all([a, b].map((port) =>
      RelpDaemon.start(
        "",
        framing === "relp" ? "" : `module(load="imtcp")
          input(type="imtcp" address="127.0.0.1" port="${port}")\n`,
      )
    ));
    const ports = framing === "relp" ? daemons.map(({ port }) => port) : [a, b];
    return new Fleet(daemons, ports, framing);
  }

  /** The other server has its turn. */
  #begin(): void {
    const server = this.lives.length % 2;
    const { sent } = this.handler.stats;
    const line = this.#daemons[server]!.lines.length;
    this.lives.push({ server, line, number: sent, logged: this.logged });
  }

  /** Logs until the condition holds. */
  async logUntil(condition: () => boolean): Promise<void> {
    await until(async () => {
      if (condition()) return true;
      if (account(this.handler).queued < MOST_QUEUED) {
        for (let i = 0; i < BURST; i++) this.#log.info("#%d", this.logged++);
      }
      await turns(1);
      return false;
    }, () => `records to be sent: ${JSON.stringify(this.handler.stats)}`);
  }

  /** Kills the server that has the connection, and starts it again when the other one has taken over. */
  async kill(records: number): Promise<void> {
    const { handler, lives } = this;
    const life = lives.length;
    const { server } = lives.at(-1)!;
    const end = account(handler).sent + records;
    const isRelp = this.#isRelp;
    await this.logUntil(() => {
      const { sent, unacknowledged } = handler.stats;
      return sent >= end && this.connected.length === life && (!isRelp || unacknowledged > 0);
    });
    const killed = this.#daemons[server]!.kill();
    await this.logUntil(() => lives.length > life && this.connected.length > life);
    await killed;
    await this.#daemons[server]!.launch();
  }

  /** The numbers that each connection has carried into its server's file. */
  async end(): Promise<number[][]> {
    const end = account(this.handler).sent + 200;
    await this.logUntil(() => this.handler.stats.sent >= end);
    await this.handler.flush();
    await this.handler.close();
    const last = this.lives.at(-1)!;
    await this.#daemons[last.server]!.written(last.line + 1);
    await until(
      () => numbersOf(this.#daemons[last.server]!.lines).at(-1) === this.logged - 1,
      () => `the last record, #${this.logged - 1}`,
    );
    const { emitted, sent, queued, droppedTotal } = account(this.handler);
    assertEquals([emitted, sent, queued, droppedTotal], [this.logged, this.logged, 0, 0]);
    const files = this.#daemons.map(({ lines }) => numbersOf(lines));
    return this.lives.map(({ server, line }, index) => {
      const next = this.lives.slice(index + 1).find((life) => life.server === server);
      return files[server]!.slice(line, next?.line);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.handler.close();
    await Promise.all(this.#daemons.map((daemon) => daemon[Symbol.asyncDispose]()));
  }
}

/** Kills the servers in turn; the numbers of each connection, each of which is in order. */
async function run(fleet: Fleet): Promise<number[][]> {
  const dice = new Dice(Date.now());
  for (let kill = 0; kill < KILLS; kill++) await fleet.kill(500 + dice.roll(3000));
  const arrived = await fleet.end();
  const servers = fleet.lives.map(({ server }) => `127.0.0.1:${fleet.ports[server]}`);
  assertEquals(fleet.connected, servers, "the servers in turn");
  for (const [life, numbers] of arrived.entries()) {
    assertEquals(numbers, numbers.map((_, i) => numbers[0]! + i), `connection ${life}: in order`);
  }
  assertEquals(fleet.outages, 0, "one of them is always there");
  return arrived;
}

test(
  "of two rsyslogs over RELP one is killed: nothing is lost, and what comes twice had no answer",
  async () => {
    await using fleet = await Fleet.start("relp");
    const arrived = await run(fleet);
    let duplicates = 0;
    for (const [life, numbers] of arrived.entries()) {
      const { number } = fleet.lives[life]!;
      assertEquals(numbers[0], number, `connection ${life} begins at the first without an answer`);
      if (life > 0) duplicates += arrived[life - 1]!.at(-1)! + 1 - number;
    }
    const { logged } = fleet;
    assertEquals(new Set(arrived.flat()).size, logged, "each arrived");
    assertEquals(arrived.flat().length, logged + duplicates);
    assert(duplicates <= KILLS * 128, `${duplicates} duplicates`);
    process.stderr.write(
      `# of two rsyslogs over RELP one was killed, ${KILLS} times: ` +
        `${logged} records, 0 lost, ${duplicates} arrived twice\n`,
    );
  },
  { skip },
);

test(
  "of two rsyslogs over plain TCP one is killed: only what it had not read is lost",
  async () => {
    await using fleet = await Fleet.start("octet-counting");
    const arrived = await run(fleet);
    let lost = 0;
    for (const [life, numbers] of arrived.entries()) {
      if (life === 0) {
        assertEquals(numbers[0], 0);
        continue;
      }
      // Nothing that was logged behind the end of the last connection is missing.
      assert(numbers[0]! <= fleet.lives[life]!.logged, `connection ${life}: from #${numbers[0]}`);
      lost += Math.max(numbers[0]! - arrived[life - 1]!.at(-1)! - 1, 0);
    }
    const { logged } = fleet;
    assertEquals(new Set(arrived.flat()).size, logged - lost);
    process.stderr.write(
      `# of two rsyslogs over plain TCP one was killed, ${KILLS} times: ` +
        `${logged} records, ${lost} lost, ${arrived.flat().length + lost - logged} arrived twice\n`,
    );
  },
  { skip },
);
