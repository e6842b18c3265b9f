/**
 * A collector without receivers, for the page: its HTTP interface over records in memory. It keeps
 * to the contract and cuts corners elsewhere, as it has one client.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { assets } from "../../../src/collector/_page_assets.ts";
import type { Detail, Entry } from "../../../src/collector/page/_collector_api.ts";
import { readFilter, type RecordFilter } from "../../../src/collector/page/_record_filter.ts";
import type { PageServer, SentRecord } from "./page_server.ts";

const LEVELS: Readonly<Record<string, number>> = {
  DEBUG: 10,
  INFO: 20,
  WARNING: 30,
  ERROR: 40,
  CRITICAL: 50,
};

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The records that a batch of the stream holds at most, and the time between two batches. */
const MOST_IN_BATCH = 250;
const BATCH_MS = 250;

/** The token of the address. */
const TOKEN = "a-token-for-tests";

/** Starts one on a port of the system's choice. */
export async function startFakeCollector(): Promise<PageServer> {
  const collector = new FakeCollector();
  await collector.listen();
  return collector;
}

class FakeCollector implements PageServer {
  readonly #records: Detail[] = [];
  readonly #started = Date.now();
  readonly #streams = new Map<ServerResponse, () => void>();
  readonly #server = createServer((request, response) => this.#answer(request, response));

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/?token=${TOKEN}`;
  }

  get listener(): string {
    return "127.0.0.1:9020";
  }

  get filed(): readonly string[] {
    return Array.from({ length: 300 }, (_, place) => `line ${place} of a file`);
  }

  log(records: readonly SentRecord[]): void {
    for (const record of records) {
      const level = record.level ?? "INFO";
      this.#records.push({
        process: 4242,
        processName: "MainProcess",
        thread: 1,
        threadName: "MainThread",
        pathname: "/srv/app/main.py",
        lineno: 1,
        function: "main",
        ...record,
        id: this.#records.length + 1,
        time: record.time ?? Date.now(),
        level,
        levelno: LEVELS[level]!,
        logger: record.logger ?? "app",
        host: record.host ?? "web-1",
        via: "pickle",
        received: Date.now(),
        size: 400 + record.message.length,
      });
    }
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  dropStreams(): void {
    for (const [response, end] of this.#streams) {
      end();
      response.destroy();
    }
  }

  async stop(): Promise<void> {
    this.dropStreams();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url!, "http://localhost");
    response.setHeader("content-security-policy", POLICY);
    response.setHeader("x-content-type-options", "nosniff");
    response.setHeader("cache-control", "no-store");
    if (url.searchParams.get("token") === TOKEN) {
      url.searchParams.delete("token");
      response.setHeader("set-cookie", `logwire=${TOKEN}; HttpOnly; SameSite=Strict; Path=/`);
      response.writeHead(303, { location: `/${url.search}` }).end();
    } else if (!(request.headers.cookie ?? "").includes(`logwire=${TOKEN}`)) {
      response.writeHead(401).end("token");
    } else this.#route(url, request, response);
  }

  #route(url: URL, request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams: query } = url;
    const asset = assets[pathname === "/" ? "index.html" : pathname.replace("/assets/", "")];
    const filter = readFilter(url.search);
    const json = (value: unknown, status = 200) =>
      response.writeHead(status, { "content-type": "application/json; charset=utf-8" })
        .end(JSON.stringify(value));
    if (asset !== undefined) {
      response.writeHead(200, { "content-type": asset.type }).end(asset.body);
    } else if (pathname === "/api/records") json(this.#page(filter, query));
    else if (pathname.startsWith("/api/records/")) {
      const detail = this.#records[Number(pathname.slice("/api/records/".length)) - 1];
      if (detail === undefined) json({ error: "It is no longer kept" }, 404);
      else json(detail);
    } else if (pathname === "/api/stream") this.#stream(filter, query, request, response);
    else if (pathname === "/api/timeline") json(this.#timeline(filter, query));
    else if (pathname === "/api/names") json(this.#names());
    else if (pathname === "/api/status") json(this.#status());
    else if (pathname === "/api/files") json(this.#files(filter, query));
    else json({ error: "There is nothing here" }, 404);
  }

  #page(filter: RecordFilter, query: URLSearchParams): unknown {
    const limit = Number(query.get("limit") ?? 200);
    const matching = this.#records.filter((record) => matches(record, filter));
    const number = (name: string) => query.has(name) ? Number(query.get(name)) : undefined;
    const [before, after, at] = [number("before"), number("after"), number("at")];
    let [first, last] = [matching.length - limit, matching.length];
    if (before !== undefined) {
      last = matching.filter(({ id }) => id! < before).length;
      first = last - limit;
    } else if (after !== undefined) {
      first = matching.findIndex(({ id }) => id! > after);
      if (first === -1) first = matching.length;
      last = first + limit;
    } else if (at !== undefined) {
      const place = matching.findIndex(({ time }) => time >= at);
      first = (place === -1 ? matching.length : place) - limit / 2;
      last = first + limit;
    }
    return {
      records: matching.slice(Math.max(first, 0), last).map(entryOf),
      oldest: this.#records.length > 0 ? 1 : null,
      newest: this.#records.length || null,
      more: after === undefined ? first > 0 : last < matching.length,
      scanned: this.#records.length,
    };
  }

  #stream(
    filter: RecordFilter,
    query: URLSearchParams,
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    let lookedAt = Number(request.headers["last-event-id"] ?? query.get("after") ?? 0);
    response.writeHead(200, { "content-type": "text/event-stream" });
    // The browser dials again so soon.
    response.write("retry: 100\n\n");
    const send = () => {
      const records = this.#records.slice(lookedAt).filter((record) => matches(record, filter));
      lookedAt = this.#records.length;
      if (records.length > 0) {
        const counts: Record<string, number> = {};
        for (const { level } of records) counts[level] = (counts[level] ?? 0) + 1;
        const shown = records.slice(-MOST_IN_BATCH).map(entryOf);
        const data = { records: shown, skipped: records.length - shown.length, counts };
        response.write(`event: records\nid: ${lookedAt}\ndata: ${JSON.stringify(data)}\n\n`);
      }
    };
    const status = () =>
      response.write(`event: status\ndata: ${JSON.stringify(this.#status())}\n\n`);
    status();
    const timers = [setInterval(send, BATCH_MS), setInterval(status, 1000)];
    const end = () => {
      for (const timer of timers) clearInterval(timer);
      this.#streams.delete(response);
    };
    this.#streams.set(response, end);
    response.on("close", end);
  }

  #timeline(filter: RecordFilter, query: URLSearchParams): unknown {
    const [from, to] = [Number(query.get("from")), Number(query.get("to"))];
    const buckets = Number(query.get("buckets") ?? 120);
    const step = (to - from) / buckets;
    const levels = Object.keys(LEVELS);
    const counts = Array.from({ length: buckets }, () => levels.map(() => 0));
    for (const record of this.#records) {
      const row = counts[Math.floor((record.time - from) / step)];
      if (row !== undefined && matches(record, filter)) row[levels.indexOf(record.level)]!++;
    }
    return { from, to, step, levels, counts };
  }

  #names(): unknown {
    const counted = (key: "logger" | "host" | "level") => {
      const counts = new Map<string, number>();
      for (const record of this.#records) {
        counts.set(record[key], (counts.get(record[key]) ?? 0) + 1);
      }
      return [...counts].map(([name, count]) => ({ name, count }));
    };
    const fields = new Set(this.#records.flatMap(({ fields }) => Object.keys(fields ?? {})));
    return {
      loggers: counted("logger"),
      hosts: counted("host"),
      levels: counted("level").map((level) => ({ ...level, levelno: LEVELS[level.name] })),
      fields: [...fields],
    };
  }

  /** The records of files are older than those in memory. */
  #files(filter: RecordFilter, query: URLSearchParams): unknown {
    const all = this.filed.map((message, place, { length }): Entry => ({
      cursor: String(place),
      time: this.#started - (length - place) * 60_000,
      level: "INFO",
      levelno: 20,
      logger: "app.old",
      host: "web-1",
      via: "file",
      message,
    }));
    const end = Number(query.get("before") ?? all.length);
    const start = Math.max(end - 100, 0);
    return {
      records: all.slice(start, end).filter((entry) => matches(entry, filter)).reverse(),
      cursor: start === 0 ? null : String(start),
      scannedBytes: (end - start) * 100,
    };
  }

  #perSecond(): number {
    const since = Date.now() - 1000;
    let count = 0;
    while (this.#records[this.#records.length - 1 - count]?.received! >= since) count++;
    return count;
  }

  #status(): unknown {
    const received = this.#records.length;
    const { port } = this.#server.address() as AddressInfo;
    return {
      ...{ started: this.#started, received, kept: received, keptBytes: received * 420 },
      ...{ forgotten: 0, dropped: 0, refused: 0, perSecond: this.#perSecond() },
      listeners: [
        {
          ...{ name: "pickle", address: this.listener, received, bytes: received * 420 },
          ...{ connections: 3, faults: 0 },
        },
        {
          ...{ name: "page", address: `127.0.0.1:${port}`, received: 0, bytes: 0 },
          ...{ connections: 1, faults: 0 },
        },
      ],
    };
  }
}

function entryOf(record: Detail): Entry {
  const { id, time, level, levelno, logger, host, via, message, error, fields } = record;
  const texts = Object.entries(fields ?? {}).map(([name, value]) =>
    [name, (typeof value === "string" ? value : JSON.stringify(value)).slice(0, 200)] as const
  );
  return {
    ...{ id: id!, time, level, levelno, logger, host, via, message: message.slice(0, 2000) },
    ...(message.length > 2000 ? { cut: true } : {}),
    ...(error === undefined ? {} : { error: error.trimEnd().split("\n").at(-1)! }),
    ...(texts.length > 0 ? { fields: Object.fromEntries(texts.slice(0, 12)) } : {}),
    ...(texts.length > 12 ? { moreFields: texts.length - 12 } : {}),
  };
}

function matches(record: Entry | Detail, filter: RecordFilter): boolean {
  const { level, loggers, notLoggers, hosts, text, fields, from, to } = filter;
  const below = (name: string) => record.logger === name || record.logger.startsWith(`${name}.`);
  if (level !== "" && record.levelno < (LEVELS[level] ?? Number(level))) return false;
  if (loggers.length > 0 && !loggers.some(below)) return false;
  if (notLoggers.some(below)) return false;
  if (hosts.length > 0 && !hosts.includes(record.host)) return false;
  if (record.time < (from ?? -Infinity) || record.time > (to ?? Infinity)) return false;
  if (text !== "") {
    const all = `${record.message}\0${record.logger}\0${record.error ?? ""}`.toLowerCase();
    if (!all.includes(text.toLowerCase())) return false;
  }
  return fields.every((field) => {
    const colon = field.indexOf(":");
    const key = colon === -1 ? field : field.slice(0, colon);
    if (!Object.hasOwn(record.fields ?? {}, key)) return false;
    const value = record.fields![key];
    const shown = typeof value === "string" ? value : JSON.stringify(value);
    return colon === -1 || shown === field.slice(colon + 1);
  });
}
