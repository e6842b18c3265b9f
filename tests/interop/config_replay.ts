/** Replays scripts of configurations and calls on our logging and on CPython's, and compares. */
import { assertEquals } from "@std/assert";
import type { ConfigKeywords } from "../../src/config/config_factory.ts";
import { dictConfig } from "../../src/config/dict_config.ts";
import { fileConfig, type FileConfigOptions } from "../../src/config/file_config.ts";
import { handlerClasses } from "../../src/config/handler_classes.ts";
import type { LoggingConfig } from "../../src/config/logging_config.ts";
import { fileHandlerClasses } from "../../src/files/file_handlers.ts";
import { mailHandlerClasses } from "../../src/mail/smtp_handler.ts";
import { MemoryNetwork } from "../../src/testing/memory.ts";
import { getLogger, manager, root } from "../../src/logging/get_logger.ts";
import { clearHandlerNames, getHandlerNames, type Handler } from "../../src/logging/handler.ts";
import { Logger } from "../../src/logging/logger.ts";
import { NullHandler } from "../../src/logging/null_handler.ts";
import { stderrOf, withBareRoot } from "../logging/helpers.ts";
import { askPython } from "./oracle.ts";

/** A step of a script: a call of logging, or a configuration. */
export type Step =
  | ["logger", name: string, level: number, hasHandler: boolean]
  | ["config", config: LoggingConfig]
  | [
    "file",
    text: string,
    options: Pick<FileConfigOptions, "defaults" | "disable_existing_loggers">,
  ]
  | ["log", name: string, level: number, message: string];

/** The outcome of each configuration, then standard output and standard error. */
type Trace = [states: unknown[], stdout: string, stderr: string];

const describe = (handler: Handler) =>
  [handler.name, handler.constructor.name, handler.level, handler.filters.length] as const;

function state(): unknown {
  const loggers = [...manager.loggerDict.entries()].sort(([a], [b]) => a < b ? -1 : 1)
    .flatMap(([name, item]) => {
      if (!(item instanceof Logger)) return [];
      const { level, propagate, disabled, handlers, filters } = item;
      return [[name, level, propagate, disabled, handlers.map(describe), filters.length]];
    });
  return {
    root: [root.level, root.handlers.map(describe), root.filters.length],
    loggers,
    names: [...getHandlerNames()].sort(),
  };
}

/** Replays a script on our logging. */
export function replay(steps: readonly Step[]): Trace {
  manager.loggerDict.clear();
  root.handlers.length = 0;
  root.filters.length = 0;
  root.setLevel("WARNING");
  clearHandlerNames();
  let stdout = "";
  const externals = { "sys.stdout": { write: (text: string) => stdout += text } };
  const network = handlerClasses({ connector: new MemoryNetwork() });
  const mail = mailHandlerClasses["logging.handlers.SMTPHandler"]!;
  const classes = {
    ...network,
    ...fileHandlerClasses,
    "logging.handlers.SMTPHandler": (own: ConfigKeywords) => mail({ ...own, exitNotifier: {} }),
  };
  const states: unknown[] = [];
  const take = (step: Step): boolean => {
    if (step[0] === "logger") {
      const [, name, level, hasHandler] = step;
      const logger = getLogger(name);
      logger.setLevel(level);
      if (hasHandler) logger.addHandler(new NullHandler());
    } else if (step[0] === "log") {
      const [, name, level, message] = step;
      getLogger(name).log(level, message);
    } else {
      try {
        if (step[0] === "config") dictConfig(step[1], { externals, classes });
        else fileConfig(step[1], { ...step[2], externals, classes });
      } catch {
        states.push("refused");
        return false;
      }
      states.push(state());
    }
    return true;
  };
  const stderr = stderrOf(() => void steps.every(take));
  return [states, stdout, stderr.map((line) => line + "\n").join("")];
}

/** Compares each script's traces; returns the number of accepted configurations. */
export async function compare(scripts: readonly (readonly Step[])[]): Promise<number> {
  let taken = 0;
  await withBareRoot(() => {
    const expected = askPython("config_oracle.py", scripts) as Trace[];
    scripts.forEach((script, at) => {
      const trace = replay(script);
      assertEquals(trace, expected[at]!, JSON.stringify(script));
      taken += trace[0].filter((state) => state !== "refused").length;
    });
  });
  manager.loggerDict.clear();
  return taken;
}
