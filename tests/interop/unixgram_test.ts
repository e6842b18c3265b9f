// A handler over a Unix datagram socket, as a daemon behind /dev/log is restarted.
import { assertEquals } from "@std/assert";
import { rm } from "node:fs/promises";
import { connector } from "../../src/adapters/auto.ts";
import { frame } from "../../src/wire/length_prefix_framing.ts";
import { DatagramHandler } from "../../src/handlers/datagram_handler.ts";
import { LogRecord } from "../../src/logging/log_record.ts";
import {
  digest,
  unixgramPeer,
  withoutUnixDatagrams,
  withSocketPath,
} from "../conformance/unixgram_peer.ts";
import { test } from "../test.ts";
import { withoutPython } from "./python.ts";

const COUNT = 500;
const payload = (text: string) => new TextEncoder().encode(text);

test(
  "DatagramHandler loses nothing when its Unix receiver is restarted, in `queue` mode",
  () =>
    withSocketPath(async (path) => {
      const handler = new DatagramHandler(path, null, {
        connector,
        whileDisconnected: "queue",
        serializer: { dumps: ({ msg }) => payload(String(msg)), loads: () => ({}) },
        onEvent: () => {},
      });
      handler.retryStart = 0.1;
      /** Emits records, each with another text; returns the datagrams that they must become. */
      const emit = (from: number) =>
        Array.from({ length: COUNT }, (_, i) => {
          const text = `${from + i} `.repeat(1 + i % 50);
          handler.emit(new LogRecord("app", 20, "app.ts", 1, text, [], null));
          return digest(frame(payload(text)));
        });

      const first = await unixgramPeer(path);
      const before = emit(0);
      assertEquals(await first.read(COUNT), before);
      await handler.flush();
      await first.stop();
      const during = emit(COUNT);
      await rm(path);
      const second = await unixgramPeer(path);
      assertEquals(await second.read(COUNT), during);
      await handler.close();
      const { emitted, sent, queued, droppedTotal } = handler.stats;
      assertEquals({ emitted, sent, queued, droppedTotal }, {
        emitted: 2 * COUNT,
        sent: 2 * COUNT,
        queued: 0,
        droppedTotal: 0,
      });
      await second.stop();
    }),
  { skip: withoutUnixDatagrams() || withoutPython() },
);
