/**
 * Messages from public reports about syslog daemons, collectors and parsers, with the values that
 * the reports expected. `../testdata/syslog_reports.json` holds the messages.
 */
import { assertEquals } from "@std/assert";
import { readFileSync } from "node:fs";
import { MemoryNetwork } from "../../src/testing/memory.ts";
import { timegm } from "../../src/wire/syslog/_civil_time.ts";
import { parseSyslog } from "../../src/wire/syslog/syslog_parser.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { SyslogReceiver } from "../../src/receivers/socket_receiver.ts";
import { test } from "../test.ts";
import { advanceUntil } from "../until.ts";

const { "tcp-cpython-lf-digit": texts, ...inputs } = JSON.parse(
  readFileSync(new URL("../testdata/syslog_reports.json", import.meta.url), "utf8"),
) as Record<string, string> & { "tcp-cpython-lf-digit": string[] };

const encoder = new TextEncoder();
const context = { now: Date.UTC(2026, 10, 28) / 1000, mktime: timegm };

/** Time, host, program, process id, message id and text. */
type Read = (string | null)[];

function read(line: string, now: string = "2026-11-28T00:00:00Z"): Read {
  const message = parseSyslog(encoder.encode(line), { ...context, now: Date.parse(now) / 1000 });
  const { timestamp, hostname, app_name, procid, msgid } = message;
  const time = timestamp === null ? null : `${new Date(timestamp * 1000).toISOString()}`;
  return [
    time?.replace(/\.000Z$|Z$/, "") ?? null,
    hostname,
    app_name,
    procid,
    msgid,
    message.message,
  ];
}

const user = "Configured from console by user on vty0 (192.0.2.200)";
const state = "subsys=forwarder  FID=1 STATE=NEW";
const docker = "mystack_myservice.1.abcdefghijklmnopqrstuvwxy";

/** The expected values of the messages that are more than text. */
const expected: Record<string, Read> = {
  "cisco-ios-uptime": [null, null, null, null, null, `%SYS-5-CONFIG_I: ${user}`],
  "cisco-ios-datetime": ["2026-02-28T00:20:10", null, "%SYS-5-CONFIG_I", null, null, user],
  "cisco-ios-year-msec": ["2010-02-28T00:20:10.663", null, "%SYS-5-CONFIG_I", null, null, user],
  "cisco-ios-mixedcase-tz": [
    ...["2026-11-23T22:23:27.921", null, "%SEC_LOGIN-5-LOGIN_SUCCESS", null, null],
    "Login Success [user: u] [Source: 192.0.2.3]",
  ],
  "cisco-ios-two-counters": [
    ...["2026-11-23T22:23:27", null, "%SEC-6-IPACCESSLOGP", null, null],
    "list ACL-SSH permitted tcp 192.0.2.3(4711) -> 192.0.2.4(22), 1 packet",
  ],
  "cisco-nocounter": [
    ...["2026-01-08T19:46:03.295", null, "%SYS-5-CONFIG_I", null, null],
    "Configured from console by console",
  ],
  "cisco-emblem": [
    ...["2026-09-26T09:50:20", null, "%ASA-session-6-302014", null, null],
    "Teardown TCP connection 1 for outside:192.0.2.1/443",
  ],
  "cisco-xr": [
    ...["2026-01-12T12:34:56.123", "RP/0/RSP0/CPU0", "pim", "1234", null],
    "%ROUTING-IPV4_PIM-5-NBRCHG : message_text",
  ],
  "cisco-dot": [
    ...["2026-11-18T21:03:22.631", "machine1", "%CDP-4-NATIVE_VLAN_MISMATCH", null, null],
    "Native VLAN mismatch discovered on TenGigabitEthernet.",
  ],
  "asa-deviceid": [
    ...["2016-09-14T09:33:47", "ASA-01", "%ASA-4-106023", null, null],
    "Deny icmp src outside:192.0.2.98 dst inside:198.51.100.101",
  ],
  "asa-nodeviceid": [
    ...["2016-09-14T10:07:20", null, "%ASA-4-106023", null, null],
    "Deny udp src inside:198.51.100.45/58602",
  ],
  "esxi": [
    ...["2020-11-23T19:01:51.316", "esxi-1", "Rhttpproxy", null, null],
    "verbose rhttpproxy[2475368] [Originator@6876 sub=Proxy Req 81133] Resolved endpoint : " +
    "[N7Vmacore4Http16]",
  ],
  "esxi-cut": ["2026-06-29T11:27:45", null, null, null, null, "vmfs/volumes. = 17"],
  "juniper-srx-5424": [
    ...["2014-05-01T08:26:51.179", "fw01", "RT_FLOW", null, "RT_FLOW_SESSION_DENY", ""],
  ],
  "juniper-endash": ["2017-03-30T00:00:02.341", "fw1", "logger", null, null, state],
  "nil-sd-missing": ["2017-04-04T03:22:40.348", "fw1", "logger", null, null, state],
  "syslog-loose-2": [
    ...["2020-05-21T19:32:12.581", "node1.example.", null, "6993", "void"],
    "DB::Syst(build))",
  ],
  "vlogs-sd-space": [
    ...["2024-12-09T18:25:35.401", "ps999", "account-server", null, null],
    '192.0.2.4 - - [09/Dec/2024:18:25:35 +0000] "PUT someurl" 201',
  ],
  "f5-msgid-colon": [
    ...["2025-05-09T07:56:18.906", "bigip.example", "appname", "1234", "01230456:1:"],
    "RST sent from 192.0.2.1:443 to 192.0.2.2:1176, [0xdeadbef:1010] RST",
  ],
  "nanoseconds": [
    ...["2023-10-12T06:46:31.088", "192.0.2.4", "qsys", null, null],
    "Error Control Failed to send email.",
  ],
  "docker-long-msgid": ["2019-03-18T09:00:00", "node1", docker, "811", docker, "hello"],
  "docker-3164": [
    ...["2026-08-04T16:53:13", null, "pinger", "1334", null],
    "64 bytes from 192.0.2.242: seq=69 ttl=37 time=33.918 ms",
  ],
  "rfc5424-colons": [
    ...["2018-06-24T22:22:53", "my.test.example", "testapp", "26599", "testapp"],
    "This: contains two : colons",
  ],
  "glossy-may": [
    ...["2026-05-01T20:54:50", "imac", null, null, null],
    "[0x0-0x63063].com.google.Chrome[676]: [676:-1203687424:ERROR:x.cc(107)] failed during " +
    "GetUpdates",
  ],
  "fluentd-iso": [
    ...["2020-02-25T10:37:41", "podname-v1-5cc4869f45-sd7fr", "servicename", "1089", null],
    '{"level":"info","msg":"http: TLS handshake error from 127.0.0.1:59100"}',
  ],
  "otel-huawei": [
    ...["2024-10-03T13:19:33", "Huawei", "WLAN/4/STATION_ONLINE_NOTIFY", null, null],
    "OID 1.3.6.1.4.1.2011 The Station go online. (APID=0,Station  MAC=[02.00.00.00.00.01 (hex)])",
  ],
  "unifi-ap": [
    ...["2026-08-07T22:21:57", "AP-U7", "aabbccddeeff,U7-Pro-XG-8.6.11+18870", null, null],
    "hostapd[6885]: wifi0ap1: STA 02:00:00:00:00:01 WPA: Receive",
  ],
  "unifi-old": [
    ...["2026-07-14T17:44:35", null, "U7PG2,020000000001,v4.3.28.11361", null, null],
    "kernel: x",
  ],
  "dell-at": [
    ...["2026-09-20T00:23:01", "host-name_here@AZ0123456789", "Mnsvc_unique", "13255"],
    ...[null, ' "2022-09-20T00:23:01.942Z" "WARN" "1:7D9" :: "Authentication session"'],
  ],
  "synology-ietf": [
    ...["2019-02-25T15:00:00", "nas1", "Connection", null, null],
    "User [u] from [192.0.2.5] logged in.",
  ],
  "bom-first": ["2022-02-06T10:00:00", "h", "app", "1", null, "text"],
  "bom-literal": ["2019-09-24T10:00:00", "plc1", "twincat", null, null, 'BOM{"a":1}'],
  "captainslog-nospace": ["2026-06-10T12:00:00", "host1", "app", "77", null, '{"a":1}'],
  "gosyslog36": [
    ...["2020-07-16T02:15:13", "an", null, null, null],
    '200050021 id=OS time="2020-7-16 02:15:13" timezone=GMT(+0000)',
  ],
  "gosyslog45-nopri": [
    ...["2026-10-11T22:14:15", null, "su", null, null],
    "'su root' failed for user on /dev/pts/8",
  ],
  "hat-logger": ["2025-02-19T22:54:09.356", "host1", "user", null, null, "This is a test message"],
  "aix-forwarded": ["2026-03-18T11:32:10", "aix1", "su", "4711", null, "x"],
  "datadog-zscaler-tagonly": [
    ...["2026-05-16T10:00:00", null, "zscaler-nss", null, null, "CEF:0|Zscaler|NSS|x"],
  ],
  "qnap-trailingdot": [
    ...["2025-12-16T00:29:29", "NAS1", "qulogd", "12945", null],
    "conn log: Users: u, Source IP: 192.0.2.10, Computer name: ---",
  ],
  "haproxy-2612": [
    ...["2025-03-26T11:55:05.635", "logtester", "haproxy", "7", null],
    "===LOG-FORMAT-SD=== ===log-format===",
  ],
  "haproxy-ingress": [
    ...["2020-06-15T02:58:18", "h", "ingress", "40", null],
    "[15/Jun/2020:02:58:18.042] _front_http _default_backend/srv001 0/0/0/14/14 200 246",
  ],
  "rsyslogd-start": [
    ...["2016-08-18T10:35:20.662", "H", "rsyslogd", null, null],
    '[origin software="rsyslogd" swVersion="8.20.0" x-pid="21741" ' +
    'x-info="http://www.rsyslog.com"] start',
  ],
  "fortinet-5424-spaces": ["2024-05-01T08:26:51.179", "fw01", "app", null, null, "padded"],
  "streamy33": [
    ...["2026-04-04T13:51:20", "mymachine.example.com", "su", "77042", null],
    "'su root' failed for user on /dev/pts/8",
  ],
};

for (const [id, line] of Object.entries(inputs)) {
  if (id.startsWith("tcp-")) continue;
  const text = line.replace(/^<\d+>|\n$/g, "");
  test(`parseSyslog() reads the reported message ${id}`, () => {
    assertEquals(read(line), expected[id] ?? [null, null, null, null, null, text]);
  });
}

test("parseSyslog() keeps the microseconds and the PRI of reported messages", () => {
  const parse = (id: string) => parseSyslog(encoder.encode(inputs[id]), context);
  assertEquals(parse("nanoseconds").timestamp, Date.UTC(2023, 9, 12, 6, 46, 31) / 1000 + 0.088609);
  assertEquals(parse("vlogs-sd-space").structured_data, { "sd@32473": { project: "x" } });
  const { facility, severity } = parse("gosyslog45-nopri");
  assertEquals([facility, severity], [1, 5]);
});

test("a reported time without a year, or of a day that does not exist, is read as reported", () => {
  assertEquals(read("<13>Dec 31 23:59:59 h app: x", "2022-01-01T00:00:01Z"), [
    ...["2021-12-31T23:59:59", "h", "app", null, null, "x"],
  ]);
  assertEquals(read("<13>Feb 29 10:00:00 h app: x", "2026-03-01T00:00:00Z"), [
    ...[null, "h", "app", null, null, "x"],
  ]);
  const noSuchDay = "<13>2025-11-31T14:99:16.000000+01:00 localhost mbp[11]: x";
  assertEquals(read(noSuchDay, "2026-03-01T00:00:00Z"), [
    ...[null, "localhost", "mbp", "11", null, "x"],
  ]);
});

/** The records that a receiver over TCP makes of a stream. */
async function received(stream: string, count: number): Promise<LogRecord[]> {
  const network = new MemoryNetwork();
  const { clock } = network;
  const records: LogRecord[] = [];
  const options = { acceptor: network, clock, transport: "tcp" } as const;
  const receiver = new SyslogReceiver("localhost", 514, options);
  receiver.handleLogRecord = (record) => void records.push(record);
  await receiver.start();
  const sender = await network.connect({ transport: "tcp", hostname: "localhost", port: 514 });
  await sender.write(encoder.encode(stream));
  await advanceUntil(clock, () => records.length >= count);
  assertEquals([receiver.stats.open, receiver.stats.rejected], [1, 0], "the connection is kept");
  await Promise.all([sender.close(), receiver.stop(), clock.advance(10_000)]);
  assertEquals(records.length, count);
  return records;
}

test("SyslogReceiver reads the reported streams, and keeps their connections", async () => {
  const messages = async (id: string, count: number) =>
    (await received(inputs[id]!, count)).map((record) => record.getMessage());
  assertEquals(await messages("tcp-digit-led-lines", 3), [
    ...["0|Check Point|one", "0|Check Point|two", "later"],
  ]);
  assertEquals(await messages("tcp-nopri-year", 4), ["one", "1 2 3 test", "plain line", "two"]);
  assertEquals(await messages("tcp-counted-nl", 2), ["one", "two"]);
  assertEquals(await messages("tcp-crlf", 2), ["This is a test", "This is a test"]);
});

test("a CPython text with a number at the beginning of a line loses no other message", async () => {
  const stream = texts.map((text) => `<12>${text}\0`).join("");
  const records = await received(stream, texts.length + 1);
  const messages = records.map((record) => record.getMessage());
  assertEquals(messages, ["totals:", "404 Not Found", ...texts.slice(1)]);
});
