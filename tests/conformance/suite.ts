/**
 * One suite for every adapter: the contracts of `src/net/connector.ts`, as checks. A skip states the
 * runtime's defect.
 */
import { datagrams } from "./datagrams.ts";
import { processes } from "./processes.ts";
import { streams } from "./streams.ts";
import type { Target } from "./target.ts";
import { tls } from "./tls.ts";

/** Registers every check for one adapter. */
export function conformance(target: Target): void {
  streams(target);
  datagrams(target);
  if (target.module === undefined) return;
  tls(target);
  processes(target);
}
