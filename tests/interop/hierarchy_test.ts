import { assert, assertEquals } from "@std/assert";
import { Filter } from "../../src/logging/filter.ts";
import { Handler } from "../../src/logging/handler.ts";
import { lastResort, setLastResort } from "../../src/logging/last_resort.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import type { Logger } from "../../src/logging/logger.ts";
import { Manager } from "../../src/logging/_manager.ts";
import { RootLogger } from "../../src/logging/_root_logger.ts";
import { test } from "../test.ts";
import { askPython, Chooser } from "./oracle.ts";
import { withoutPython } from "./python.ts";

type Step = [operation: string, ...args: (string | number | boolean)[]];
type Trace = unknown[][];

const names = ["root", "a", "b", "a.b", "a.c", "a.b.c", "a.b.c.d", "b.x.y", "ab", "a.b.d"];
const handlers = ["h1", "h2", "h3", "h4"];
const levels = [0, 5, 10, 20, 30, 40, 50];

function script(choose: Chooser): Step[] {
  return choose.list(60, (): Step => {
    const name = choose.of(names);
    switch (choose.int(0, 15)) {
      case 0:
        return ["level", name, choose.of(levels)];
      case 1:
        return ["propagate", name, choose.chance(70)];
      case 2:
        return ["disabled", name, choose.chance(30)];
      case 3:
        return choose.chance(40) ? ["disable", choose.of(levels)] : ["disable", 0];
      case 4:
      case 5:
        return ["add", name, choose.of(handlers)];
      case 6:
        return ["remove", name, choose.of(handlers)];
      case 7:
        return ["handlerLevel", choose.of(handlers), choose.of(levels)];
      case 8:
        return choose.chance(30)
          ? ["filter", "handler", choose.of(handlers), choose.of(["a", "a.b", "", "b"])]
          : ["filter", "logger", name, choose.of(["a", "a.b", "", "b"])];
      case 9:
        return ["child", name, choose.of(["c", "d", "b.c"])];
      case 10:
      case 11:
        return ["ask", name, choose.of(levels)];
      default:
        return ["log", name, choose.of(levels)];
    }
  });
}

class TraceHandler extends Handler {
  readonly #label: string;
  readonly #trace: Trace;

  constructor(label: string, trace: Trace) {
    super();
    this.#label = label;
    this.#trace = trace;
  }

  override emit(record: LogRecord): void {
    this.#trace.push([this.#label, record.name, record.getMessage()]);
  }
}

function replay(steps: Step[]): Trace {
  const trace: Trace = [];
  const root = new RootLogger(30);
  const manager = new Manager(root);
  const made = new Map<string, Handler>();
  const last = new TraceHandler("last", trace);
  last.setLevel(30);
  setLastResort(last);
  const logger = (name: unknown): Logger =>
    name === "root" ? root : manager.getLogger(name as string);
  const handler = (name: unknown): Handler => {
    const label = name as string;
    const found = made.get(label) ?? new TraceHandler(label, trace);
    made.set(label, found);
    return found;
  };
  steps.forEach(([operation, ...args], step) => {
    switch (operation) {
      case "log":
        return logger(args[0]).log(args[1] as number, "%d", step);
      case "level":
        return logger(args[0]).setLevel(args[1] as number);
      case "propagate":
        return void (logger(args[0]).propagate = args[1] as boolean);
      case "disabled":
        return void (logger(args[0]).disabled = args[1] as boolean);
      case "disable":
        return void (manager.disable = args[0] as number);
      case "add":
        return logger(args[0]).addHandler(handler(args[1]));
      case "remove":
        return logger(args[0]).removeHandler(handler(args[1]));
      case "handlerLevel":
        return handler(args[0]).setLevel(args[1] as number);
      case "filter": {
        const owner = args[0] === "handler" ? handler(args[1]) : logger(args[1]);
        return owner.addFilter(new Filter(args[2] as string));
      }
      case "child": {
        const child = logger(args[0]).getChild(args[1] as string);
        return trace.push(["child", child.name, child.parent?.name]);
      }
      case "ask": {
        const asked = logger(args[0]);
        return trace.push([
          "ask",
          asked.getEffectiveLevel(),
          asked.isEnabledFor(args[1] as number),
          asked.hasHandlers(),
          asked.parent?.name ?? null,
          [...asked.getChildren()].map((item) => item.name).sort(),
          String(asked),
        ]);
      }
    }
  });
  return trace;
}

test("loggers call the same handlers in the same order as CPython's", () => {
  const choose = new Chooser(31);
  const scripts = choose.list(400, () => script(choose));
  const expected = askPython("hierarchy_oracle.py", scripts) as Trace[];
  assert(expected.flat().length > 3000, "the scripts do something");
  const before = lastResort;
  try {
    scripts.forEach((steps, at) => {
      assertEquals(replay(steps), expected[at], `script ${at}: ${JSON.stringify(steps)}`);
    });
  } finally {
    setLastResort(before);
  }
}, { skip: withoutPython() });
