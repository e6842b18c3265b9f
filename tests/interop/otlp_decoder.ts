/** Google's protobuf for Python, which reads OTLP requests by OpenTelemetry's own schema. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import process from "node:process";
import { pythonWith } from "./python.ts";

/** Why a test that decodes protobuf is skipped here; `false` if it is not. */
export function withoutProtobuf(): string | false {
  const isThere = pythonWith("google.protobuf.json_format") !== undefined;
  if (isThere || process.env.LOGWIRE_REQUIRE_SERVERS === "1") return false;
  return "it needs Google's protobuf for Python: apt-get install python3-protobuf";
}

/** A log record of a request, with what it shares with others; members are named as in the schema. */
export interface Decoded {
  resource: { attributes: { key: string; value: unknown }[] };
  schemas: [resource: string, scope: string];
  scope: { name?: string };
  record: Record<string, unknown> & { attributes?: { key: string; value: unknown }[] };
}

/** A request to the decoder. */
export type Question =
  | { kind: "protobuf" | "json"; base64: string }
  | { kind: "answer"; rejected: number; message: string };

/** Asks the decoder; rejects where one of the requests is not as the schema says. */
export async function decode(questions: Question[]): Promise<unknown[]> {
  const script = fileURLToPath(new URL("./otlp_decoder.py", import.meta.url));
  const python = pythonWith("google.protobuf.json_format") ?? "python3";
  const child = spawn(python, [script], { stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.end(JSON.stringify(questions));
  const ended = once(child, "close");
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await ended;
  if (errors !== "") throw new Error(errors);
  return JSON.parse(output);
}

/** The log records of a request. */
export async function decodeRequests(
  requests: { contentType: string; body: Uint8Array }[],
): Promise<Decoded[][]> {
  const questions = requests.map(({ contentType, body }): Question => ({
    kind: contentType === "application/json" ? "json" : "protobuf",
    base64: Buffer.from(body).toString("base64"),
  }));
  return await decode(questions) as Decoded[][];
}
