/** Real syslog daemons understand the messages of other programs as `parseSyslog()` does. */
import { assertEquals } from "@std/assert";
import { connector } from "../../src/adapters/auto.ts";
import { parseSyslog, type StructuredData } from "../../src/wire/syslog/syslog_parser.ts";
import { LocalTimestamps } from "../../src/wire/syslog/_syslog_time.ts";
import { localtime } from "../../src/text/struct_time.ts";
import { test } from "../test.ts";
import { SyslogDaemon } from "./syslog/daemon.ts";
import { type Received, without } from "./syslog/program.ts";
import { rsyslog } from "./syslog/rsyslog.ts";
import { syslogNg } from "./syslog/syslog_ng.ts";

const now = Math.floor(Date.now() / 1000);
/** The time as programs write it that leave the year out: the daemons take the present year. */
const today = new LocalTimestamps(localtime).format(now);

const messages = [
  // RFC 5424 section 6.5.
  "<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - " +
  "\ufeff'su root' failed for lonvick on /dev/pts/8",
  "<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - " +
  "%% It's time to make the do-nuts.",
  "<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 " +
  '[exampleSDID@32473 iut="3" eventSource="Application" eventID="1011"] ' +
  "\ufeffAn application event log entry...",
  "<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 " +
  '[exampleSDID@32473 iut="3" eventSource="Application" eventID="1011"]' +
  '[examplePriority@32473 class="high"]',
  // Rarer forms that the format allows.
  "<0>1 - - - - - -",
  "<191>1 - - - - - - ",
  "<13>1 2026-02-28T23:59:59.999999+14:00 2001:db8::1 app 1 id - two lines\nand\ta tab",
  "<13>1 2026-02-28T23:59:59Z host app 1 id [empty@1] -",
  '<13>1 2026-02-28T23:59:59.5Z host app 1 id [a@1 n=""][b n="ä\\"\\\\\\]" m="a\nb"]  blanks  ',
  // RFC 3164, as syslog(3), logger(1) and rsyslog's forwarding write it.
  `<34>${today} mymachine su: 'su root' failed for lonvick on /dev/pts/8`,
  `<30>${today} sshd[811]: Accepted publickey for anna`,
  `<13>${today} web-1.example.com anna: hello, world`,
  `<13>${today} 192.0.2.1 my-app.py[12345]:  blanks  `,
  `<78>2026-02-28T23:59:59.789012+01:00 web-1 CRON[77]: (root) CMD (true)`,
  `<13>${today} host app: two lines\nand\ta tab, häm ✓ 𝄞`,
  `<13>${today} host app: ended with LF\n`,
  `<13>${today} host app: ended with NUL\0`,
  // Tags that end without a space, and times with more than RFC 3164 has.
  `<134>${today} host1 app[77]:{"a":1}`,
  `<13>${today} host app:word1: word2`,
  "<134>Jul 16 2020 02:15:13 host app: with a year",
  "<164>Sep 14 2016 10:07:20: %ASA-4-106023: Deny udp",
  "<165> Nov  1 14:07:58 apic1 %LOG_LOCAL0-2-SYSTEM_MSG [F0110] text",
  `<30>${today} host [358]: no name`,
  "<13>JAN  5 10:01:00 host app: capitals",
  "1 2025-01-05T10:01:00Z host app 7 - - no PRI",
  // An odd RFC 5424.
  '<14>1 2023-10-12T06:46:31Z h\u00e4 app 1 ID [a@1 b="c"] umlaut',
  "<14>1 2023-10-12T06:46:31Z h app 40 - - [15/Jun/2020:02:58:18.042] _front",
  // CPython, with `ident = "app[12]: "`.
  "<11>app[12]: späm\0",
];

/** The daemon's reading of a message; null stands for the daemon's own defaults. */
function understood({ tag: _, time, host, message, ...rest }: Received) {
  return {
    ...rest,
    time: time > now ? null : time,
    host: host === "localhost" ? null : host,
    // rsyslog leaves it there.
    message: message.replace(/^\ufeff/, ""),
  };
}

/** As it is written in a message. */
function written(data: StructuredData | null): string {
  const elements = Object.entries(data ?? {}).map(([id, params]) => {
    const values = Object.entries(params).map(([name, value]) =>
      ` ${name}="${String(value).replace(/["\\\]]/g, "\\$&")}"`
    );
    return `[${id}${values.join("")}]`;
  });
  return elements.join("");
}

for (const program of [rsyslog, syslogNg]) {
  test(`parseSyslog() and ${program.name} read messages alike`, async () => {
    await using daemon = await SyslogDaemon.start(program);
    const to = { transport: "udp", hostname: "127.0.0.1", port: daemon.inputs.udp } as const;
    await using socket = await connector.openDatagram(to);
    for (const [i, message] of messages.entries()) {
      const bytes = new TextEncoder().encode(message);
      await socket.send(bytes);
      const received = (await daemon.received(i + 1))[i]!;
      const parsed = parseSyslog(bytes, { now });
      assertEquals(understood(received), {
        facility: parsed.facility,
        severity: parsed.severity,
        time: parsed.timestamp,
        host: parsed.hostname,
        appName: parsed.app_name,
        procid: parsed.procid,
        msgid: parsed.msgid,
        structuredData: program.shown(written(parsed.structured_data)) || null,
        message: program.shown(parsed.message),
      }, message);
    }
  }, { skip: without(program) });
}
