/** syslog-ng, with the inputs that the guide of `./sys-log-handler` shows. */
import { join } from "node:path";
import { root } from "../../meta/sources.ts";
import { commandOf, type Inputs, secondsOf, type SyslogProgram } from "./program.ts";
import { guideConfig } from "./guide_config.ts";

const macros = {
  facility: "int($FACILITY_NUM)",
  severity: "int($LEVEL_NUM)",
  time: "$ISODATE",
  host: "$HOST",
  tag: "$MSGHDR",
  appName: "$PROGRAM",
  procid: "$PID",
  msgid: "$MSGID",
  structuredData: "$SDATA",
  message: "$MSG",
};

const template = Object.entries(macros).map(([name, macro]) => `${name}=${macro}`).join(" ");

function config(inputs: Inputs, output: string): string {
  const { udp, tcp, counted, tls, unixgram, unix } = inputs;
  const at = (port: number) => `ip("127.0.0.1") port(${port})`;
  const sources = guideConfig("/etc/syslog-ng/conf.d/logwire.conf", {
    'transport("udp") port(514)': `transport("udp") ${at(udp)}`,
    'transport("tcp") port(514)': `transport("tcp") ${at(tcp)}`,
    'transport("tcp") port(601)': `transport("tcp") ${at(counted)}`,
    'transport("tls") port(6514)': `transport("tls") ${at(tls)}`,
  }).replaceAll("/etc/ssl/logs", join(root, "tests", "testdata", "tls"));
  // Debian's configuration has its /dev/log and the destination of the messages besides.
  return `@version: 3.35
source s_src { unix-dgram("${unixgram}"); unix-stream("${unix}"); };
destination d_syslog {
  file("${output}" frac-digits(6) template("$(format-json ${template})\\n"));
};
${sources}
log { source(s_src); destination(d_syslog); };
`;
}

/** The real syslog-ng. */
export const syslogNg: SyslogProgram = {
  name: "syslog-ng",
  command: commandOf("syslog-ng"),
  args: (folder) => [
    ...["--foreground", "--no-caps", "--cfgfile", join(folder, "config")],
    ...["--pidfile", join(folder, "pid"), "--persist-file", join(folder, "persist")],
    ...["--control", join(folder, "control")],
  ],
  hasUnixStreams: true,
  config,
  read(line) {
    const { time, tag, ...fields } = JSON.parse(line);
    return {
      ...fields,
      time: secondsOf(time),
      host: fields.host || null,
      tag: tag.trimEnd() || null,
      appName: fields.appName || null,
      procid: fields.procid || null,
      msgid: fields.msgid || null,
      // syslog-ng numbers the messages of this machine.
      structuredData: fields.structuredData.replace(/^\[meta sequenceId="\d+"\]/, "") || null,
    };
  },
  shown: (text) => text.replaceAll("\0", "\\x00"),
};
