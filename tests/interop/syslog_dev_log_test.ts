/** `SysLogHandler` into the `/dev/log` of real syslog daemons: they understand what was logged. */
import { assert, assertEquals } from "@std/assert";
import process from "node:process";
import { withoutUnixDatagrams } from "../conformance/unixgram_peer.ts";
import { test } from "../test.ts";
import { SyslogDaemon } from "./syslog/daemon.ts";
import { logInto } from "./syslog/log_into.ts";
import { without } from "./syslog/program.ts";
import { rsyslog } from "./syslog/rsyslog.ts";
import { syslogNg } from "./syslog/syslog_ng.ts";
import { arriving, localWays } from "./syslog/ways.ts";

const [datagrams, stream] = localWays;
const cases = [
  { program: rsyslog, way: datagrams!, socktype: "datagram" },
  { program: syslogNg, way: datagrams!, socktype: "datagram" },
  { program: syslogNg, way: stream!, socktype: "stream" },
] as const;

for (const { program, way, socktype } of cases) {
  const skip = without(program) || (socktype === "datagram" && withoutUnixDatagrams());

  test(`${program.name} reads both formats by ${way.name}`, async () => {
    await using daemon = await SyslogDaemon.start(program);
    const formats = [
      { format: "cpython", tag: "shop[77]:", procid: "77" },
      { format: "rfc3164", tag: `shop[${process.pid}]:`, procid: String(process.pid) },
    ] as const;
    for (const { format, tag, procid } of formats) {
      const handler = way.open(daemon.inputs, { format });
      if (format === "cpython") handler.ident = "shop[77]: ";
      assertEquals(handler.socktype, null);
      for (const outcome of await logInto(daemon, handler)) {
        const { time, host, ...fields } = outcome.received;
        assert(host !== null && Math.abs(time - outcome.record.created) < 60);
        assertEquals(fields, {
          facility: 1,
          severity: outcome.severity,
          tag,
          appName: "shop",
          procid,
          msgid: null,
          structuredData: null,
          message: program.shown(arriving(outcome.line, way)),
        }, format);
      }
      assertEquals(handler.socktype, socktype);
    }
  }, { skip });
}
