/**
 * A real rsyslogd that takes RELP, as the guide of `./sys-log-handler` sets it up, on a port of
 * 127.0.0.1 and in a folder that are its own. It can be killed, and started again.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { connector } from "../../../src/adapters/auto.ts";
import { until } from "../../until.ts";
import { freePorts } from "./free_ports.ts";
import { guideConfig } from "./guide_config.ts";
import { commandOf } from "./program.ts";

const command = commandOf("rsyslogd");

/** Why a test that needs it is skipped here; `false` if it is not. */
export function withoutRelp(): string | false {
  const libraries = join(dirname(dirname(command)), "usr", "lib");
  const hasModule = existsSync(libraries) &&
    readdirSync(libraries).some((machine) =>
      existsSync(join(libraries, machine, "rsyslog", "imrelp.so"))
    );
  if (hasModule || process.env.LOGWIRE_REQUIRE_SERVERS === "1") return false;
  return "it needs rsyslog with rsyslog-relp: on Debian and Ubuntu, tests/tools/install_syslog.sh";
}

/** A running rsyslogd. */
export class RelpDaemon implements AsyncDisposable {
  readonly port: number;
  readonly #folder: string;
  readonly #config: string;
  #child: ChildProcess | undefined;
  #ended: Promise<unknown> = Promise.resolve();
  #stderr = "";

  private constructor(port: number, folder: string, input: string, more: string) {
    this.port = port;
    this.#folder = folder;
    const inputs = guideConfig("/etc/rsyslog.d/logwire-relp.conf", {
      'port="2514"': `address="127.0.0.1" port="${port}" ${input}`,
    });
    const file = `file="${join(folder, "output")}" template="line"`;
    this.#config = `
global(maxMessageSize="128k")
${inputs}
template(name="line" type="list") { property(name="msg" controlCharacters="escape") constant(value="\\n") }
if $inputname == "imrelp" or $inputname == "imtcp" then action(type="omfile" ${file})
${more}`;
  }

  /** Starts one, with these parameters of its input, and these lines in its configuration too. */
  static async start(input = "", more = ""): Promise<RelpDaemon> {
    const { relp } = await freePorts({ relp: "tcp" });
    const daemon = new RelpDaemon(relp, mkdtempSync(join(tmpdir(), "logwire-relp-")), input, more);
    try {
      await daemon.launch();
    } catch (error) {
      await daemon[Symbol.asyncDispose]();
      throw error;
    }
    return daemon;
  }

  /** Starts it, and waits until it listens. */
  async launch(): Promise<void> {
    const config = join(this.#folder, "config");
    writeFileSync(config, this.#config);
    const args = ["-n", "-f", config, "-i", join(this.#folder, "pid")];
    const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"] });
    this.#child = child;
    this.#ended = once(child, "close").finally(() => this.#child = undefined);
    child.stderr.setEncoding("utf8").on("data", (text: string) => this.#stderr += text);
    const { port } = this;
    const to = { transport: "tcp", hostname: "127.0.0.1", port } as const;
    await until(async () => {
      if (this.#child === undefined) throw new Error(`it has ended: ${this.#stderr}`);
      try {
        await (await connector.connect(to)).close({ signal: AbortSignal.abort() });
        return true;
      } catch {
        return false;
      }
    }, () => `rsyslogd at port ${port}: ${this.#stderr}`);
  }

  /** The lines that it has written, each but the last one whole. */
  get lines(): string[] {
    const output = join(this.#folder, "output");
    return existsSync(output) ? readFileSync(output, "utf8").split("\n").slice(0, -1) : [];
  }

  /** The lines, once there are so many. */
  async written(count: number): Promise<string[]> {
    const explain = () => `${count} lines of rsyslogd, not ${this.lines.length}: ${this.#stderr}`;
    await until(() => this.lines.length >= count, explain);
    return this.lines;
  }

  /** Kills it, at once. */
  async kill(signal: "SIGKILL" | "SIGTERM" = "SIGKILL"): Promise<void> {
    this.#child?.kill(signal);
    await this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
