/**
 * The collector: its listeners, the records that it keeps, and the server of its page. It gives every
 * record to the loggers, whose handlers write files, print lines and pass records on.
 *
 * @module
 */
import type { LogRecord } from "../logging/log_record.ts";
import { handlersNewestFirst } from "../logging/handler.ts";
import { type CountingHandler, deliveryMetrics } from "../delivery/metrics.ts";
import { NetworkHandler } from "../delivery/network_handler.ts";
import { prometheusText } from "../delivery/prometheus_text.ts";
import { systemClock } from "../net/system_clock.ts";
import { millisecondsOf } from "../wire/milliseconds.ts";
import { collectorMetrics } from "./_collector_metrics.ts";
import type { FileSearch } from "./_file_search.ts";
import type { RecordOrigin } from "./_kept_record.ts";
import {
  type ListenerAddress,
  type ListenerParts,
  type ListenerSettings,
  type ListenerStatus,
  makeListener,
  type RecordListener,
} from "./_listeners.ts";
import { PageAccess } from "./_page_access.ts";
import { PageApi } from "./_page_api.ts";
import { assets } from "./_page_assets.ts";
import { PageHandler } from "./_page_handler.ts";
import { RecordStore } from "./_record_store.ts";
import { WebServer } from "./_web_server.ts";

/** Connections of the page: each open page takes some. */
const MAX_PAGE_CONNECTIONS = 256;

/** Settings of a {@linkcode Collector}. */
export interface CollectorSettings extends Omit<ListenerParts, "accept"> {
  readonly listeners: readonly ListenerSettings[];
  /** Where the page is served; `undefined`: nowhere. */
  readonly page: ListenerAddress | undefined;
  readonly maxBytes: number;
  readonly files: FileSearch | undefined;
  /** Returns true for a record that is wanted. */
  wants(record: LogRecord): boolean;
}

/** A listener that cannot be opened. */
export class ListenError extends Error {
  /** The listener. */
  readonly what: ListenerSettings["kind"] | "page";
  /** Where it should listen. */
  readonly address: ListenerAddress;

  /** Makes an error. */
  constructor(what: ListenError["what"], address: ListenerAddress, cause: unknown) {
    super(`cannot listen for ${what}`, { cause });
    this.name = "ListenError";
    this.what = what;
    this.address = address;
  }
}

/** Collects records; see the module. */
export class Collector {
  /** The kept records. */
  readonly store: RecordStore;
  /** Records that were not wanted. */
  unwanted = 0;
  readonly #settings: CollectorSettings;
  readonly #listeners: readonly RecordListener[];
  readonly #page: WebServer | undefined;
  readonly #started: number = Date.now();
  #rate = { at: Date.now(), received: 0, perSecond: 0 };

  /** Opens nothing. */
  constructor(settings: CollectorSettings) {
    this.#settings = settings;
    this.store = new RecordStore(settings.maxBytes);
    const accept = (record: LogRecord, origin: RecordOrigin) => this.#accept(record, origin);
    this.#listeners = settings.listeners.map((one) => makeListener(one, { ...settings, accept }));
    if (settings.page !== undefined) this.#page = this.#makePage(settings.page);
  }

  /**
   * Opens all listeners, and the page.
   *
   * @throws {ListenError} if one cannot be opened; then none is open
   */
  async start(): Promise<void> {
    const { page } = this.#settings;
    try {
      for (const listener of this.#listeners) {
        await opened(listener.settings.kind, listener.settings, () => listener.start());
      }
      if (page !== undefined) await opened("page", page, () => this.#page!.start());
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Reads what senders have sent, and closes every listener. Never rejects. */
  async stop(): Promise<void> {
    await Promise.all(this.#listeners.map((listener) => listener.stop()));
    await this.#page?.stop(1000);
  }

  /** The counts of the listeners. */
  get listeners(): ListenerStatus[] {
    const all = this.#listeners.map(({ status }) => status);
    return all.map((status, at) => {
      const isFirst = all.findIndex(({ name }) => name === status.name) === at;
      return isFirst ? status : { ...status, name: `${status.name} ${status.address}` };
    });
  }

  /** The port of the page. */
  get pagePort(): number {
    return this.#page?.port ?? 0;
  }

  /** Returns the counts for the page. */
  status(): Record<string, unknown> {
    const { store } = this;
    const listeners = this.listeners;
    const sum = (key: "received" | "dropped" | "refused") =>
      listeners.reduce((total, of) => total + of[key], 0);
    const received = sum("received");
    const now = Date.now();
    const seconds = (now - this.#rate.at) / 1000;
    // Several pages ask each second; the rate is that of a whole one.
    if (seconds >= 1) {
      const perSecond = Math.round((received - this.#rate.received) / seconds);
      this.#rate = { at: now, received, perSecond };
    }
    return {
      started: this.#started,
      files: this.#settings.files !== undefined,
      received,
      kept: store.kept,
      keptBytes: store.bytes,
      forgotten: store.forgotten,
      dropped: sum("dropped"),
      refused: sum("refused"),
      perSecond: this.#rate.perSecond,
      listeners,
    };
  }

  /** Returns the metrics of the collector, and of the handlers that pass records on. */
  metrics(): string {
    const own = collectorMetrics(this.listeners, this.store, this.#started);
    return prometheusText([...own, ...deliveryMetrics(passingHandlers())]);
  }

  #accept(record: LogRecord, origin: RecordOrigin): boolean {
    if (!this.#settings.wants(record)) {
      this.unwanted++;
      return false;
    }
    correctTime(record);
    this.store.add(record, origin);
    // Files and servers behind this one learn where it came from, unless that is this machine.
    if (isRemote(origin.sender) && record.sender_address === undefined) {
      record.sender_address = origin.sender;
    }
    return true;
  }

  #makePage(address: ListenerAddress): WebServer {
    const { token, hostNames, tls, files } = this.#settings;
    const server: WebServer = new WebServer({
      host: address.host,
      port: address.port ?? 0,
      tls,
      maxConnections: MAX_PAGE_CONNECTIONS,
      // The token keeps strangers out.
      accepts: () => true,
      fetch: (request) => handler.fetch(request),
    });
    const status = () => this.status();
    const handler: PageHandler = new PageHandler({
      access: new PageAccess({
        token,
        hostNames,
        isSecure: tls !== undefined,
        port: () => server.port,
      }),
      api: new PageApi({ store: this.store, files, clock: systemClock, status }),
      assets,
      metrics: () => this.metrics(),
    });
    return server;
  }
}

/** Returns the handlers that send records on, the oldest first. */
export function passingHandlers(): CountingHandler[] {
  return handlersNewestFirst().filter((handler) => handler instanceof NetworkHandler).reverse();
}

async function opened(
  what: ListenError["what"],
  address: ListenerAddress,
  open: () => Promise<void>,
): Promise<void> {
  try {
    await open();
  } catch (error) {
    throw new ListenError(what, address, error);
  }
}

/** The first second of the year 1 and the last of the year 9999, which formatters can write. */
const FIRST_SECOND = -62_135_596_800;
const LAST_SECOND = 253_402_300_799;

/** Gives a record whose time is none that of its arrival: else no line could be written of it. */
function correctTime(record: LogRecord): void {
  const created: unknown = record.created;
  const isTime = typeof created === "number" && created >= FIRST_SECOND && created <= LAST_SECOND;
  if (isTime && Number.isFinite(record.msecs)) return;
  record.created = isTime ? created : systemClock.now();
  record.msecs = millisecondsOf(record.created);
}

function isRemote(address: string): boolean {
  return address !== "" && !address.startsWith("127.") && address !== "::1";
}
