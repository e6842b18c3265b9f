/** rsyslog, with the inputs that the guide of `./sys-log-handler` shows. */
import { join } from "node:path";
import { root } from "../../meta/sources.ts";
import { commandOf, type Inputs, secondsOf, type SyslogProgram } from "./program.ts";
import { guideConfig } from "./guide_config.ts";

const properties = {
  facility: "syslogfacility",
  severity: "syslogseverity",
  time: "timereported",
  host: "hostname",
  tag: "syslogtag",
  appName: "app-name",
  procid: "procid",
  msgid: "msgid",
  structuredData: "structured-data",
  version: "protocol-version",
  message: "msg",
};

const template = Object.entries(properties).map(([name, property]) => {
  const date = name === "time" ? 'dateFormat="rfc3339"' : "";
  return `property(outname="${name}" name="${property}" format="jsonf" ${date})`;
}).join(' constant(value=",")\n');

function config({ udp, tcp, counted, tls, unixgram }: Inputs, output: string): string {
  const inputs = guideConfig("/etc/rsyslog.d/logwire.conf", {
    'type="imudp" port="514"': `type="imudp" address="127.0.0.1" port="${udp}"`,
    'type="imtcp" port="514"': `type="imtcp" address="127.0.0.1" port="${tcp}"`,
    'type="imtcp" port="601"': `type="imtcp" address="127.0.0.1" port="${counted}"`,
    'type="imtcp" port="6514"': `type="imtcp" address="127.0.0.1" port="${tls}"`,
  }).replaceAll("/etc/ssl/logs", join(root, "tests", "testdata", "tls"));
  // Every rsyslog has its /dev/log.
  return `
module(load="imuxsock" sysSock.name="${unixgram}")
${inputs}
template(name="json" type="list") {
constant(value="{")
${template}
constant(value="}\\n")
}
if $inputname != "rsyslogd" then action(type="omfile" file="${output}" template="json")
`;
}

/** It says `-` for what a message does not have. */
function orNull(value: string | undefined): string | null {
  return value === undefined || value === "-" ? null : value;
}

function octal(code: string): string {
  return code.charCodeAt(0).toString(8).padStart(3, "0");
}

/** The real rsyslogd. */
export const rsyslog: SyslogProgram = {
  name: "rsyslog",
  command: commandOf("rsyslogd"),
  args: (folder) => ["-n", "-f", join(folder, "config"), "-i", join(folder, "pid")],
  hasUnixStreams: false,
  config,
  read(line) {
    const { facility, severity, time, version, message, ...rest } = JSON.parse(line);
    return {
      facility: Number(facility),
      severity: Number(severity),
      time: secondsOf(time),
      host: orNull(rest.host),
      tag: orNull(rest.tag),
      appName: orNull(rest.appName),
      procid: orNull(rest.procid),
      msgid: orNull(rest.msgid),
      structuredData: orNull(rest.structuredData),
      // For rsyslog the blank of RFC 3164's `tag: text` belongs to the text.
      message: version === "0" ? message.replace(/^ /, "") : message,
    };
  },
  shown: (text) => text.replace(/\p{Cc}/gu, (code) => code < " " ? `#${octal(code)}` : code),
};
