/** The settings of a collector that the tests and benches start: on loopback, at ports of the system. */
import { connector } from "../../src/adapters/auto.ts";
import { AllowList } from "../../src/collector/_allow_list.ts";
import type { CollectorSettings } from "../../src/collector/_collector.ts";
import type { ListenerKind } from "../../src/collector/_listeners.ts";

/** Where all of it listens. */
export const host = "127.0.0.1";

/** A collector with these listeners and the page, and with settings of the test's own. */
export function collectorSettings(
  kinds: readonly ListenerKind[],
  more: Partial<CollectorSettings> & Pick<CollectorSettings, "token">,
): CollectorSettings {
  return {
    listeners: kinds.map((kind) => ({ kind, host, port: 0 })),
    page: { host, port: 0 },
    acceptor: connector,
    allow: new AllowList([]),
    tls: undefined,
    signingKey: undefined,
    sharedKey: undefined,
    hostNames: [],
    maxConnections: 100,
    syslogDelimiter: "either",
    maxBytes: 1_000_000,
    files: undefined,
    wants: () => true,
    ...more,
  };
}
