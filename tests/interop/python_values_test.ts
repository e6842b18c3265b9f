/** Values that live CPythons pickle, as CPython 3.13 shows them, and as it gets them back. */
import { assert, assertEquals } from "@std/assert";
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { dumps } from "../../src/wire/pickle/pickle.ts";
import { type PythonCase, received, shown } from "../wire/pickle/python_values.ts";
import { fromHex, toHex } from "../wire/pickle/recorded_pickles.ts";
import { test } from "../test.ts";
import { pythons } from "./python.ts";

const script = fileURLToPath(new URL("../testdata/record_python_values.py", import.meta.url));
const followed = pythons().find(({ version }) => version.startsWith("3.13."));
const skip = followed === undefined && "it needs the CPython that is followed: pyenv install 3.13";

/** Before numpy 2.4 these have no exponent. */
const OF_NUMPY_2_4 = /^numpy\.float(16|32)\(\d{4,}\)/;

/** Runs a script of Python with the paths of interpreters or a text on stdin; returns its output. */
function run(args: string[], input = ""): string {
  const stdio: ["pipe", "pipe", "ignore"] = ["pipe", "pipe", "ignore"];
  return execFileSync(followed!.path, args, { input, stdio, maxBuffer: 1 << 28 }).toString();
}

test(
  "values that every CPython here pickles, by each protocol, are shown as CPython 3.13 shows them",
  () => {
    const cases: PythonCase[] = JSON.parse(run([script, ...pythons().map(({ path }) => path)]));
    assert(cases.length > 100);
    for (const { value, pickles, ...expected } of cases) {
      if (OF_NUMPY_2_4.test(value)) continue;
      for (const pickle of pickles) {
        assertEquals(shown(received(fromHex(pickle))), expected, `${value} in ${pickle}`);
      }
    }
  },
  { skip },
);

test("a value that is sent on arrives at CPython as its text, its number or its container", () => {
  const relayed = (expression: string): string => {
    const make =
      "import sys, pickle, datetime, decimal, http, uuid, ipaddress, pathlib, collections";
    const pickled = run(["-c", `${make}\nprint(pickle.dumps({'x': ${expression}}, 1).hex())`]);
    const sentOn = toHex(dumps(received(fromHex(pickled.trim()))));
    const show = "import sys, pickle\nprint(repr(pickle.loads(bytes.fromhex(input()))['x']))";
    return run(["-c", show], sentOn).trim();
  };
  const expected: Record<string, string> = {
    "datetime.datetime(2026, 1, 2, 3, 4, 5)": "'2026-01-02 03:04:05'",
    "datetime.timedelta(1)": "'1 day, 0:00:00'",
    "decimal.Decimal('1.50')": "1.5",
    "decimal.Decimal('0.1000000000000000055511151231257827')":
      "'0.1000000000000000055511151231257827'",
    "http.HTTPStatus.NOT_FOUND": "404",
    "http.HTTPMethod.GET": "'GET'",
    "uuid.UUID(int=5)": "'00000000-0000-0000-0000-000000000005'",
    "ipaddress.ip_address('10.0.0.1')": "'10.0.0.1'",
    "pathlib.PurePosixPath('/var/log')": "'/var/log'",
    "collections.deque([datetime.date(2026, 1, 2)])": "['2026-01-02']",
    "collections.OrderedDict(a=1)": "{'a': 1}",
  };
  for (const [expression, repr] of Object.entries(expected)) {
    assertEquals(relayed(expression), repr, expression);
  }
}, { skip });
