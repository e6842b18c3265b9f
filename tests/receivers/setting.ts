/** Shared by the tests of the receivers: a receiver on an in-memory network, and its records. */
import { assertEquals } from "@std/assert";
import { MemoryNetwork } from "../../src/testing/memory.ts";
import { frame } from "../../src/wire/length_prefix_framing.ts";
import { dumps } from "../../src/wire/pickle/pickle.ts";
import { INFO } from "../../src/logging/level.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import type { StreamConnection } from "../../src/net/connector.ts";
import {
  LogRecordSocketReceiver,
  type LogRecordSocketReceiverOptions,
  type ReceiverFault,
} from "../../src/receivers/socket_receiver.ts";
import { advanceUntil } from "../until.ts";

export const at: { transport: "tcp"; hostname: string; port: number } = {
  transport: "tcp",
  hostname: "localhost",
  port: 9020,
};

/** The fields of a valid record. */
export const fields: Record<string, unknown> = {
  name: "app",
  msg: "spam",
  levelno: INFO,
  levelname: "INFO",
};

/** A record as a frame, with some fields replaced. */
export function record(more: Record<string, unknown> = {}): Uint8Array {
  return frame(dumps({ ...fields, ...more }));
}

export const spam: Uint8Array = record();

/** A receiver that keeps its records. */
export class Collector extends LogRecordSocketReceiver {
  readonly records: LogRecord[] = [];

  override handleLogRecord(record: LogRecord): void {
    this.records.push(record);
  }

  get messages(): string[] {
    return this.records.map((record) => record.getMessage());
  }
}

export interface Setting {
  network: MemoryNetwork;
  receiver: Collector;
  faults: ReceiverFault[];
  connect(): Promise<StreamConnection>;
  /** Lets the program run until so many records have arrived. */
  records(count: number): Promise<void>;
  /** Lets the program run until so many faults were reported. */
  faulted(count: number): Promise<void>;
  /** Closes these, stops the receiver, and checks that nothing is left. */
  stop(...connections: StreamConnection[]): Promise<void>;
}

type Options = {
  [Key in keyof LogRecordSocketReceiverOptions]?: LogRecordSocketReceiverOptions[Key] | undefined;
};

/** Starts a receiver on a new network. */
export async function setting(
  options: Options = {},
  Receiver: typeof Collector = Collector,
): Promise<Setting> {
  const network = new MemoryNetwork();
  const { clock } = network;
  const faults: ReceiverFault[] = [];
  const defaults: LogRecordSocketReceiverOptions = {
    acceptor: network,
    clock,
    onError: (fault) => faults.push(fault),
  };
  const given = { ...defaults, ...options } as LogRecordSocketReceiverOptions;
  const receiver = new Receiver("localhost", 9020, given);
  await receiver.start();
  return {
    network,
    receiver,
    faults,
    connect: () => network.connect(at),
    records: (count) => advanceUntil(clock, () => receiver.records.length >= count),
    faulted: (count) => advanceUntil(clock, () => faults.length >= count),
    async stop(...connections) {
      const stopping = Promise.all([
        ...connections.map((connection) => connection.close()),
        receiver.stop(),
      ]);
      await clock.advance(10_000);
      await stopping;
      assertEquals(clock.pendingTimers, 0, "no timer is left");
      assertEquals(receiver.stats.open, 0);
      assertEquals(network.holding, 0, "nothing is left open");
    },
  };
}

/** The reasons of the faults. */
export function reasons(faults: ReceiverFault[]): string[] {
  return faults.map(({ reason }) => reason);
}
