/**
 * Reads the content of a request within a limit of bytes, and the records in it.
 *
 * Browser compatible.
 *
 * @module
 */
import { formFields } from "../wire/form_fields.ts";
import { recordFields } from "../wire/json_record.ts";
import { isOtlpRequest, otlpFields } from "../wire/otlp/otlp_reader.ts";

/** The answer to a request that cannot be taken. */
export class Refusal extends Error {
  /** The status of the answer. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The records of a request. */
export interface RequestRecords {
  readonly all: Record<string, unknown>[];
  /** A form of CPython's `HTTPHandler`, objects in JSON, or a request of OTLP. */
  readonly kind: "form" | "objects" | "otlp";
}

/** 64 bytes for each in 16 MiB. More of them, in less content, would take gigabytes. */
const MAX_RECORDS = 262_144;

const LINES: ReadonlySet<string> = /* @__PURE__ */ new Set([
  ...["application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"],
]);

/**
 * Returns the text of a request.
 *
 * @param arrived is called for the bytes of each part, and may throw
 * @throws {Refusal} if it is longer than `maxBytes`, or cannot be read
 */
export async function readText(
  request: Request,
  maxBytes: number,
  arrived: (bytes: number) => void,
): Promise<string> {
  const length = Number(request.headers.get("content-length") ?? 0);
  if (length > maxBytes) throw tooLarge(maxBytes);
  if (request.body === null) return "";
  const stream = decompressed(request.body, request.headers.get("content-encoding"));
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const reader = stream.getReader();
  let text = "";
  let bytes = 0;
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      bytes += value.length;
      arrived(value.length);
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      text += decoder.decode(value, { stream: true });
    }
  } catch (error) {
    await reader.cancel().catch(() => {});
    if (error instanceof Refusal) throw error;
    throw new Refusal(400, `The content cannot be read: ${messageOf(error)}`);
  }
}

/**
 * Returns the fields of the records of a request.
 *
 * @throws {Refusal} if one of them is no record: then none is handled
 */
export function readRecords(contentType: string, text: string): RequestRecords {
  const type = contentType.split(";")[0]!.trim().toLowerCase();
  try {
    if (type === "application/x-www-form-urlencoded") {
      return { all: [formFields(new URLSearchParams(text))], kind: "form" };
    }
    if (LINES.has(type)) return { all: notTooMany(linesOf(text)).map(objectOf), kind: "objects" };
    if (type === "application/json") return ofJson(JSON.parse(text));
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(400, messageOf(error));
  }
  throw new Refusal(
    415,
    "The content type must be application/json, application/x-ndjson or " +
      "application/x-www-form-urlencoded",
  );
}

function ofJson(value: unknown): RequestRecords {
  if (isOtlpRequest(value)) return { all: otlpFields(value), kind: "otlp" };
  const all: unknown[] = Array.isArray(value) ? value : [value];
  return { all: notTooMany(all).map(checked), kind: "objects" };
}

function notTooMany<Item>(records: Item[]): Item[] {
  if (records.length <= MAX_RECORDS) return records;
  throw new Refusal(413, `A request may have ${MAX_RECORDS} records at most`);
}

function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}

function objectOf(line: string): Record<string, unknown> {
  return checked(JSON.parse(line));
}

function checked(value: unknown): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return recordFields(value as Record<string, unknown>);
  }
  throw new TypeError("a log record must be a JSON object");
}

function decompressed(
  body: ReadableStream<Uint8Array>,
  encoding: string | null,
): ReadableStream<Uint8Array> {
  if (encoding === null || encoding === "identity") return body;
  if (encoding !== "gzip") throw new Refusal(415, "The content encoding must be gzip or none");
  const gunzip = new DecompressionStream("gzip");
  return body.pipeThrough(gunzip as unknown as ReadableWritablePair<Uint8Array, Uint8Array>);
}

function tooLarge(maxBytes: number): Refusal {
  return new Refusal(413, `A request may have ${maxBytes} bytes of content at most`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
