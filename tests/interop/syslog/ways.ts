/** The ways to log into a daemon, one an input and framing. */
import { connector } from "../../../src/adapters/auto.ts";
import {
  type SyslogFraming,
  SysLogHandler,
  type SysLogHandlerOptions,
  type SyslogOptions,
} from "../../../src/handlers/sys_log_handler.ts";
import { tls } from "./daemon.ts";
import type { Inputs } from "./program.ts";

/** A way to log into a daemon. */
export interface Way {
  readonly name: string;
  /** Absent for datagrams. */
  readonly framing?: SyslogFraming;
  /** True for a Unix socket, where daemons do not look for the format of RFC 5424. */
  readonly isLocal?: boolean;
  /** A handler for the daemon with these inputs. */
  open(inputs: Inputs, options: SyslogOptions): SysLogHandler;
}

const host = "127.0.0.1";

function overTcp(name: string, input: "tcp" | "counted" | "tls", framing: SyslogFraming): Way {
  const transport: SysLogHandlerOptions = {
    connector,
    socktype: "stream",
    ...input === "tls" ? { tls } : {},
  };
  return {
    name,
    framing,
    open: (inputs, options) =>
      new SysLogHandler([host, inputs[input]], { ...options, ...transport, framing }),
  };
}

/** Over the network. */
export const networkWays: Way[] = [
  {
    name: "UDP",
    open: ({ udp }, options) => new SysLogHandler([host, udp], { ...options, connector }),
  },
  overTcp("TCP with octet counting", "counted", "octet-counting"),
  overTcp("TCP with LF", "tcp", "lf"),
  overTcp("TCP with NUL", "tcp", "nul"),
  overTcp("TLS with octet counting", "tls", "octet-counting"),
];

/** By a Unix socket, whose kind the handler finds out itself. */
export const localWays: Way[] = [
  {
    name: "a Unix datagram socket",
    isLocal: true,
    open: ({ unixgram }, options) => new SysLogHandler(unixgram, { ...options, connector }),
  },
  {
    name: "a Unix stream with LF",
    framing: "lf",
    isLocal: true,
    open: ({ unix }, options) => new SysLogHandler(unix, { ...options, connector, framing: "lf" }),
  },
];

/** Returns the part of a message with this text that reaches the daemon. */
export function arriving(text: string, { framing }: Way): string {
  if (framing !== "lf" && framing !== "nul") return text;
  return text.replaceAll("\n", "#012").replaceAll("\r", "#015").replaceAll("\0", "#000");
}
