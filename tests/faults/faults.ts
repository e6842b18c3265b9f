/**
 * The faults of the fault suite: the rows of its table. Each is a script for a {@linkcode Stage}, on
 * which a sender logs to a receiver through a proxy, and says which records may be lost by it.
 */
import { spawnSync } from "node:child_process";
import process from "node:process";
import { LINE_BYTES } from "./receiver.ts";
import type { Mode } from "./modes.ts";
import type { Stage } from "./stage.ts";

/** One fault. */
export interface Fault {
  readonly name: string;
  /** A sentence that says what happens. */
  readonly about: string;
  /**
   * The records that are gone with the side that the fault takes away, so that no account can have them:
   *
   * - `nothing`: there are none
   * - `kernel`: those that a kernel has and the receiver has not read, unless it acknowledges them
   * - `process`: those that the process of the sender has queued, unless there is a spool
   */
  readonly takes: "nothing" | "kernel" | "process";
  /** Connections break, so that records may arrive twice. */
  readonly cuts: boolean;
  /** More is logged than a queue in memory takes, so that it drops records. */
  readonly overflows?: boolean;
  /** The receiver cannot keep what it has read: it counts that, or refuses it. */
  readonly refuses?: boolean;
  readonly maxQueuedBytes?: number;
  /** The limit of a dial, a write or a request, in milliseconds. */
  readonly timeoutMs?: number;
  readonly isSecure?: boolean;
  readonly isNameUnknown?: boolean;
  /** The server is away when the sender starts. */
  readonly startsAway?: "refused" | "stalled";
  /** The sender logs to the receiver directly, not through the proxy. */
  readonly isDirect?: boolean;
  /** A command that runs the sender, with its arguments. */
  senderWrapper?(spool: string): string[];
  /** A command that runs the receiver, with its arguments. */
  receiverWrapper?(): string[];
  /** The reason why a mode cannot meet the fault. */
  skip?(mode: Mode): string | undefined;
  run(stage: Stage): Promise<void>;
}

/** A queue in memory of this size overflows behind a slow reader. */
const SMALL_QUEUE_BYTES = 1024 * 1024;

/** Large records fill what the kernels of both ends hold: 4 MiB to send and 6 MiB to receive. */
const LARGE = 32 * 1024;

/** A server that does not answer is noticed so soon, in milliseconds. */
const SHORT_MS = 500;

/** The records that the disk of the receiver takes. */
const FULL_AFTER_RECORDS = 120;

const isThere = (command: string): boolean =>
  spawnSync(command, ["--version"], { stdio: "ignore" }).status === 0;

const canLimit = process.platform === "linux" && isThere("prlimit");

/** A namespace of its own, so that its file system is gone with the process. */
const namespace = process.getuid?.() === 0 ? "-m" : "-rm";

const canMount = process.platform === "linux" &&
  spawnSync("unshare", [namespace, "mount", "-t", "tmpfs", "none", "/tmp"]).status === 0;

/** All faults, in the order of the table. */
export const faults: readonly Fault[] = [
  {
    name: "refused",
    about: "Nobody listens until the sender has failed to connect.",
    takes: "nothing",
    cuts: false,
    startsAway: "refused",
    async run(stage) {
      await stage.emitUnconnected();
      await stage.proxy.accept();
    },
  },
  {
    name: "FIN",
    about: "The server ends its side of the connection, and reads on until the sender has seen it.",
    takes: "nothing",
    cuts: true,
    async run(stage) {
      await stage.warmUp();
      await stage.emitWhile(stage.many, () => stage.proxy.finish());
    },
  },
  {
    name: "RST",
    about: "The server stops reading, and some turns later resets the connection.",
    takes: "kernel",
    cuts: true,
    async run(stage) {
      await stage.warmUp();
      stage.strike();
      await stage.emitWhile(stage.many, () => stage.proxy.stall());
      stage.proxy.reset();
      stage.proxy.resume();
    },
  },
  {
    name: "half-open",
    about: "The receiver is stopped by SIGSTOP, killed later, and started again.",
    takes: "kernel",
    timeoutMs: SHORT_MS,
    cuts: true,
    isDirect: true,
    async run(stage) {
      await stage.warmUp();
      stage.strike();
      await stage.emitWhile(stage.many, () => stage.receiver.freeze());
      await stage.emit(stage.few);
      // An acknowledgement that is late ends the connection, and the next one is not answered either.
      const { isAcknowledged, protocol } = stage.mode;
      if (isAcknowledged) {
        await stage.sender.event(protocol === "http" ? "connect-failed" : "disconnected");
      }
      await stage.restartReceiver();
    },
  },
  {
    name: "stall",
    about: "The server stops reading for longer than a write may take, and then reads on.",
    takes: "kernel",
    timeoutMs: SHORT_MS,
    cuts: true,
    async run(stage) {
      await stage.warmUp();
      stage.strike();
      stage.proxy.stall();
      await stage.emit({ ...stage.many, count: 600, size: LARGE });
      await stage.sender.until(
        () => stage.sender.events.some(({ event }) => /^connect-failed|^disconnected/.test(event!)),
        "to notice the stall",
      );
      await stage.emit(stage.few);
      stage.proxy.resume();
    },
  },
  {
    name: "slow reader",
    about: "The server reads more slowly than the sender logs, so that small queues overflow.",
    takes: "nothing",
    cuts: false,
    overflows: true,
    maxQueuedBytes: SMALL_QUEUE_BYTES,
    async run(stage) {
      await stage.warmUp();
      stage.proxy.slowDown(64 * 1024);
      await stage.emit({ ...stage.many, count: 600, size: LARGE });
      await stage.turns(100);
      stage.proxy.resume();
    },
  },
  {
    name: "DNS failure",
    about: "The name of the server cannot be looked up until the sender has failed to connect.",
    takes: "nothing",
    cuts: false,
    isNameUnknown: true,
    async run(stage) {
      await stage.emitUnconnected();
      await stage.sender.command({ resolves: true });
    },
  },
  {
    name: "TLS stall",
    about: "The server accepts connections and does not answer in TLS, until a dial has failed.",
    takes: "nothing",
    timeoutMs: SHORT_MS,
    cuts: false,
    isSecure: true,
    startsAway: "stalled",
    skip: ({ protocol }) =>
      protocol === "http" ? "fetch takes a certificate in another way on each runtime" : undefined,
    async run(stage) {
      await stage.emitUnconnected();
      stage.proxy.resume();
    },
  },
  {
    name: "kill -9 of the receiver",
    about: "The receiver is killed while it reads, and started again.",
    takes: "kernel",
    cuts: true,
    isDirect: true,
    async run(stage) {
      await stage.warmUp();
      stage.strike();
      let killed = Promise.resolve();
      await stage.emitWhile(stage.many, () => killed = stage.receiver.kill());
      await killed;
      await stage.restartReceiver();
    },
  },
  {
    name: "kill -9 of the sender",
    about: "The sender is killed while the server does not read, and started again.",
    takes: "process",
    cuts: true,
    async run(stage) {
      await stage.warmUp();
      stage.proxy.stall();
      const emission = { ...stage.many, count: 100_000 };
      const end = stage.sender.logged + stage.many.count;
      const emitted = stage.emit(emission).catch(() => {});
      await stage.sender.until(() => stage.sender.logged >= end, "to log more");
      await stage.sender.kill();
      await emitted;
      stage.proxy.resume();
      await stage.restartSender();
    },
  },
  {
    name: "full disk of the sender",
    about: "The disk of the spool is full while no receiver listens.",
    takes: "nothing",
    cuts: false,
    startsAway: "refused",
    senderWrapper: (spool) => [
      ...["unshare", namespace, "sh", "-c"],
      `mount -t tmpfs -o size=256k none '${spool}' && exec "$@"`,
      "sh",
    ],
    skip({ isSpooled }) {
      if (!isSpooled) return "it writes to no disk";
      return canMount ? undefined : "a tmpfs cannot be mounted here";
    },
    async run(stage) {
      await stage.emit({ ...stage.many, count: 64, size: LARGE / 4 });
      await stage.sender.event("spool");
      await stage.emit(stage.few);
      await stage.proxy.accept();
    },
  },
  {
    name: "full disk of the receiver",
    about: "The receiver cannot write what it has read, until its disk has room again.",
    takes: "nothing",
    cuts: true,
    refuses: true,
    receiverWrapper: () => [
      ...["sh", "-c", `trap "" XFSZ && exec "$@"`, "sh"],
      ...["prlimit", `--fsize=${FULL_AFTER_RECORDS * LINE_BYTES}:unlimited`],
    ],
    skip: () => canLimit ? undefined : "prlimit is missing (Debian: apt-get install util-linux)",
    async run(stage) {
      await stage.emit({ ...stage.many, count: FULL_AFTER_RECORDS + stage.many.count });
      await stage.sender.until(
        () => stage.kept().length >= FULL_AFTER_RECORDS,
        "to fill the disk of the receiver",
      );
      await stage.emit(stage.few);
      spawnSync("prlimit", ["--pid", `${stage.receiver.pid}`, "--fsize=unlimited:unlimited"]);
    },
  },
  {
    name: "clock jump",
    about:
      "The clock of the sender is set by an hour, forward or back, while it waits to dial again.",
    takes: "nothing",
    cuts: true,
    async run(stage) {
      await stage.warmUp();
      stage.proxy.refuse();
      stage.proxy.finish();
      await stage.emitUntil("connect-failed");
      await stage.sender.command({ jumps: stage.dice.pick(-3600, 3600) });
      await stage.emit(stage.many);
      await stage.proxy.accept();
    },
  },
  {
    name: "blocked event loop",
    about: "The sender computes for longer than a dial may take, while it dials.",
    takes: "nothing",
    timeoutMs: SHORT_MS,
    cuts: true,
    async run(stage) {
      await stage.warmUp();
      stage.proxy.finish();
      // With records that were not acknowledged it dials at once, and is not idle again.
      const hasDialled = () => stage.sender.events.some(({ event }) => event === "disconnected");
      const seesEnd = () => stage.proxy.isIdle || hasDialled();
      await stage.sender.until(seesEnd, "to see the end of its connection");
      await stage.emit({ ...stage.many, perTurn: stage.many.count, blockMs: 1.5 * SHORT_MS });
    },
  },
  {
    name: "file descriptors exhausted",
    about: "The sender has no file descriptor left when it loses its connection.",
    takes: "nothing",
    cuts: true,
    senderWrapper: () => ["sh", "-c", `ulimit -n 100 && exec "$@"`, "sh"],
    skip: () => process.platform === "win32" ? "there is no ulimit" : undefined,
    async run(stage) {
      await stage.warmUp();
      // A connector that loads its adapter at the first dial cannot do so later.
      await stage.sender.event("connected");
      stage.proxy.finish();
      await stage.sender.command({ exhausts: true });
      // The descriptor of the old connection may be given up late, and let one more dial through.
      await stage.emitUntil("connect-failed", () => {
        stage.proxy.finish();
        return stage.sender.command({ exhausts: true });
      });
      await stage.emit(stage.many);
      await stage.sender.command({ releases: true });
    },
  },
];
