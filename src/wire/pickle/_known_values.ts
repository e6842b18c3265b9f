/**
 * The classes whose objects are formatted as Python formats them, by module and name. Objects of
 * other classes have the text of their call, or stay inert; nothing is imported, looked up or called.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import { IPADDRESS, uuid } from "./_address_values.ts";
import { BUILTINS, exception, OF_EXCEPTIONS } from "./_builtin_values.ts";
import { COLLECTIONS } from "./_collection_values.ts";
import { DATETIME } from "./_datetime_values.ts";
import { enumsOf } from "./_enum_values.ts";
import { decimal, fraction } from "./_number_values.ts";
import { numpyScalar } from "./_numpy_values.ts";
import { PATHLIB } from "./_path_values.ts";
import { programValue } from "./_program_values.ts";
import type { AsCall, PythonCall, PythonValue, Readers } from "./_python_value.ts";
import { zoneOf } from "./_time_zone_values.ts";

const KNOWN: Readonly<Record<string, Readers>> = {
  __builtin__: BUILTINS,
  "backports.zoneinfo": { "ZoneInfo._unpickle": zoneOf },
  builtins: BUILTINS,
  collections: COLLECTIONS,
  "dateutil.tz.tz": { tzutc: zoneOf, tzoffset: zoneOf },
  datetime: DATETIME,
  decimal: { Decimal: decimal },
  fractions: { Fraction: fraction },
  http: /* @__PURE__ */ enumsOf("http"),
  ipaddress: IPADDRESS,
  "numpy._core.multiarray": { scalar: /* @__PURE__ */ numpyScalar(true) },
  "numpy.core.multiarray": { scalar: /* @__PURE__ */ numpyScalar(false) },
  pathlib: PATHLIB,
  "pathlib._local": PATHLIB,
  pytz: { _UTC: zoneOf, _p: zoneOf, FixedOffset: zoneOf },
  signal: /* @__PURE__ */ enumsOf("signal"),
  socket: /* @__PURE__ */ enumsOf("socket"),
  ssl: /* @__PURE__ */ enumsOf("ssl"),
  uuid: /* @__PURE__ */ enumsOf("uuid", { UUID: uuid }),
  zoneinfo: { "ZoneInfo._unpickle": zoneOf },
};

/**
 * Returns the texts and numbers of an object; `undefined` if they are not known, or for data that
 * Python does not write.
 */
export function knownValue(call: PythonCall, asCall: AsCall): PythonValue | undefined {
  const { module, name } = call;
  if (call.kwargs !== null) return undefined;
  const readers = Object.hasOwn(KNOWN, module) ? KNOWN[module]! : {};
  if (Object.hasOwn(readers, name)) return readers[name]!(call, asCall);
  return OF_EXCEPTIONS.includes(module) ? exception(call, asCall) : programValue(call);
}
