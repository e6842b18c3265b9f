/** Real syslog daemons read the messages of `src/wire/syslog/syslog_message.ts`. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { connector } from "../../src/adapters/auto.ts";
import type { Framing } from "../../src/wire/framing.ts";
import {
  lineDelimited,
  nulDelimited,
  octetCounting,
} from "../../src/wire/syslog/syslog_framing.ts";
import { Rfc3164Formatter, Rfc5424Formatter } from "../../src/wire/syslog/syslog_message.ts";
import { localtime } from "../../src/text/struct_time.ts";
import { test } from "../test.ts";
import { messageOf } from "../wire/syslog/written.ts";
import { SyslogDaemon } from "./syslog/daemon.ts";
import { type Received, without } from "./syslog/program.ts";
import { rsyslog } from "./syslog/rsyslog.ts";
import { syslogNg } from "./syslog/syslog_ng.ts";

const samples = { numRuns: 500, seed: 4 };
const structuredDataId = "logwire@32473";

/** The input for each framing of a stream. */
const framings: [name: string, input: "tcp" | "counted", framing: Framing][] = [
  ["octet counting", "counted", octetCounting],
  ["LF", "tcp", lineDelimited],
  ["NUL", "tcp", nulDelimited],
];

/** Text with all that could be taken for something else. */
const anyText = fc.string({
  unit: fc.constantFrom(..."aZ09 -:<>[]{}=\"'\\#%\t\r\n\0\x1b\x7fä\x80\xa0✓𝄞\ufeff"),
});

/** Both daemons drop an LF and syslog-ng a NUL at the end, and syslog-ng a BOM at the beginning. */
const text = anyText.filter((text) => !/^\ufeff|[\n\0]$/.test(text));

const pri = fc.integer({ min: 0, max: 191 });

/** A word that is `-` looks like no word at all. */
function word(characters: RegExp, maxLength: number): fc.Arbitrary<string> {
  const ascii = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
  const unit = fc.constantFrom(...ascii.filter((character) => characters.test(character)));
  return fc.string({ unit, minLength: 1, maxLength }).filter((text) => text !== "-");
}

const rfc5424 = fc.record({
  pri,
  created: fc.integer({ min: 0, max: 4e15 }).map((micros) => micros / 1e6),
  // Of IPv6 addresses syslog-ng takes the usual ones, and none that ends with a colon.
  hostname: fc.oneof(fc.domain(), fc.ipV4(), fc.constant("2001:db8::1")),
  appName: fc.option(word(/[!-~]/, 48)),
  procid: fc.option(word(/[!-~]/, 128)),
  msgid: fc.option(word(/[!-~]/, 32)),
  // Names are few: syslog-ng shows a `[` as `%5B`, and takes a dot for one level more of the SD-ID.
  data: fc.dictionary(word(/[!#-Z^-~](?<![.=])/, 32), anyText),
  text,
});

const rfc3164 = fc.record({
  pri,
  // The year is not sent: the daemons take the one of now.
  created: fc.constant(Math.floor(Date.now() / 1000)),
  // For rsyslog a colon ends the tag of a message without a host name.
  hostname: fc.oneof(fc.domain(), fc.ipV4()),
  appName: word(/[\w./-]/, 32),
  procid: fc.option(word(/[\w.-]/, 128)),
  text,
});

/** How a delimited framing carries what would end the message. */
function escaped(text: string): string {
  return text.replaceAll("\n", "#012").replaceAll("\r", "#015").replaceAll("\0", "#000");
}

async function send(port: number, frames: Uint8Array[]): Promise<void> {
  const connection = await connector.connect({ transport: "tcp", hostname: "127.0.0.1", port });
  for (const frame of frames) await connection.write(frame);
  await connection.close();
}

for (const program of [rsyslog, syslogNg]) {
  for (const [name, input, framing] of framings) {
    const skip = without(program);
    const shown = (text: string) => program.shown(input === "tcp" ? escaped(text) : text);

    test(`${program.name} reads any RFC 5424 message in ${name} framing`, async () => {
      await using daemon = await SyslogDaemon.start(program);
      const sent = fc.sample(rfc5424, samples);
      const frames = sent.map(({ pri, created, text, data, ...fields }) => {
        const options = {
          ...fields,
          structuredDataId,
          bom: false,
          maxBytes: Infinity,
        };
        return framing.frame(
          messageOf(new Rfc5424Formatter("test", options), pri, created, text, { data }),
        );
      });
      await send(daemon.inputs[input], frames);
      const received = await daemon.received(sent.length);
      for (const [i, { pri, created, text, data, hostname, ...fields }] of sent.entries()) {
        const params = Object.entries(data).map(([name, value]) =>
          ` ${name}="${shown(value.replace(/["\\\]]/g, "\\$&"))}"`
        );
        const { tag: _, ...understood } = received[i]!;
        assertEquals<Omit<Received, "tag">>(understood, {
          facility: pri >> 3,
          severity: pri & 7,
          time: created,
          host: hostname,
          ...fields,
          structuredData: params.length > 0 ? `[${structuredDataId}${params.join("")}]` : null,
          message: shown(text),
        });
      }
    }, { skip });

    test(`${program.name} reads any RFC 3164 message in ${name} framing`, async () => {
      await using daemon = await SyslogDaemon.start(program);
      const sent = fc.sample(rfc3164, samples);
      const frames = sent.map(({ pri, created, text, ...fields }) => {
        const options = { ...fields, localtime, maxBytes: Infinity };
        return framing.frame(messageOf(new Rfc3164Formatter("test", options), pri, created, text));
      });
      await send(daemon.inputs[input], frames);
      const received = await daemon.received(sent.length);
      for (const [i, { pri, created, text, hostname, appName, procid }] of sent.entries()) {
        const { appName: _, ...understood } = received[i]!;
        assertEquals<Omit<Received, "appName">>(understood, {
          facility: pri >> 3,
          severity: pri & 7,
          time: created,
          host: hostname,
          tag: `${appName}${procid === null ? "" : `[${procid}]`}:`,
          procid,
          msgid: null,
          structuredData: null,
          message: shown(text),
        });
      }
    }, { skip });
  }
}
