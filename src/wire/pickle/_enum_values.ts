/**
 * Enumerations of Python's standard library. Their members are pickled by value, and the numbers
 * that a system gives its signals and address families by name before Python 3.11; of those only
 * the numbers are known that all systems have in common.
 *
 * A member of any other enumeration (a program's own, say) is pickled like an object of any other
 * class: `_program_values.ts` has its text.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import {
  bareArguments,
  integerValue,
  type PythonCall,
  type PythonValue,
  type Reader,
  type Readers,
} from "./_python_value.ts";

/** Values by name. */
type Members = Readonly<Record<string, number | string | null>>;

/** A function, so that a bundle without receivers can do without the table. */
const ENUMS = /* @__PURE__ */ ((): Readonly<Record<string, Readonly<Record<string, Members>>>> => ({
  http: {
    HTTPStatus: {
      ...{ CONTINUE: 100, SWITCHING_PROTOCOLS: 101, PROCESSING: 102, EARLY_HINTS: 103, OK: 200 },
      ...{ CREATED: 201, ACCEPTED: 202, NON_AUTHORITATIVE_INFORMATION: 203, NO_CONTENT: 204 },
      ...{ RESET_CONTENT: 205, PARTIAL_CONTENT: 206, MULTI_STATUS: 207, ALREADY_REPORTED: 208 },
      ...{ IM_USED: 226, MULTIPLE_CHOICES: 300, MOVED_PERMANENTLY: 301, FOUND: 302 },
      ...{ SEE_OTHER: 303, NOT_MODIFIED: 304, USE_PROXY: 305, TEMPORARY_REDIRECT: 307 },
      ...{ PERMANENT_REDIRECT: 308, BAD_REQUEST: 400, UNAUTHORIZED: 401, PAYMENT_REQUIRED: 402 },
      ...{ FORBIDDEN: 403, NOT_FOUND: 404, METHOD_NOT_ALLOWED: 405, NOT_ACCEPTABLE: 406 },
      ...{ PROXY_AUTHENTICATION_REQUIRED: 407, REQUEST_TIMEOUT: 408, CONFLICT: 409, GONE: 410 },
      ...{ LENGTH_REQUIRED: 411, PRECONDITION_FAILED: 412, CONTENT_TOO_LARGE: 413 },
      ...{ URI_TOO_LONG: 414, UNSUPPORTED_MEDIA_TYPE: 415, RANGE_NOT_SATISFIABLE: 416 },
      ...{ EXPECTATION_FAILED: 417, IM_A_TEAPOT: 418, MISDIRECTED_REQUEST: 421 },
      ...{ UNPROCESSABLE_CONTENT: 422, LOCKED: 423, FAILED_DEPENDENCY: 424, TOO_EARLY: 425 },
      ...{ UPGRADE_REQUIRED: 426, PRECONDITION_REQUIRED: 428, TOO_MANY_REQUESTS: 429 },
      ...{ REQUEST_HEADER_FIELDS_TOO_LARGE: 431, UNAVAILABLE_FOR_LEGAL_REASONS: 451 },
      ...{ INTERNAL_SERVER_ERROR: 500, NOT_IMPLEMENTED: 501, BAD_GATEWAY: 502 },
      ...{ SERVICE_UNAVAILABLE: 503, GATEWAY_TIMEOUT: 504, HTTP_VERSION_NOT_SUPPORTED: 505 },
      ...{ VARIANT_ALSO_NEGOTIATES: 506, INSUFFICIENT_STORAGE: 507, LOOP_DETECTED: 508 },
      ...{ NOT_EXTENDED: 510, NETWORK_AUTHENTICATION_REQUIRED: 511 },
    },
    HTTPMethod: {
      ...{ CONNECT: "CONNECT", DELETE: "DELETE", GET: "GET", HEAD: "HEAD", OPTIONS: "OPTIONS" },
      ...{ PATCH: "PATCH", POST: "POST", PUT: "PUT", TRACE: "TRACE" },
    },
  },
  signal: {
    Signals: {
      ...{ SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGILL: 4, SIGTRAP: 5, SIGABRT: 6, SIGFPE: 8 },
      ...{ SIGKILL: 9, SIGSEGV: 11, SIGPIPE: 13, SIGALRM: 14, SIGTERM: 15 },
    },
    Handlers: { SIG_DFL: 0, SIG_IGN: 1 },
  },
  socket: {
    AddressFamily: { AF_UNSPEC: 0, AF_UNIX: 1, AF_INET: 2 },
    SocketKind: { SOCK_STREAM: 1, SOCK_DGRAM: 2, SOCK_RAW: 3 },
  },
  ssl: {
    VerifyMode: { CERT_NONE: 0, CERT_OPTIONAL: 1, CERT_REQUIRED: 2 },
    TLSVersion: {
      ...{ MINIMUM_SUPPORTED: -2, SSLv3: 768, TLSv1: 769, TLSv1_1: 770, TLSv1_2: 771 },
      ...{ TLSv1_3: 772, MAXIMUM_SUPPORTED: -1 },
    },
  },
  uuid: { SafeUUID: { safe: 0, unsafe: -1, unknown: null } },
}))();

/** Enumerations whose members are no numbers, but members alone. */
const PLAIN: readonly string[] = ["SafeUUID"];

/**
 * The enumerations of a module, and the names of members under which older Pythons pickle them,
 * beside its `others`.
 */
export function enumsOf(module: string, others: Readers = {}): Readers {
  const readers: Record<string, Reader> = { ...others };
  for (const [type, members] of Object.entries(ENUMS[module] ?? {})) {
    readers[type] = (call) => {
      const args = bareArguments(call);
      return args?.length === 1 ? member(type, members, args[0]) : undefined;
    };
    for (const [name, value] of Object.entries(members)) {
      const byName = (call: PythonCall) =>
        call.args === null ? member(type, members, value) : undefined;
      readers[name] = readers[`${type}.${name}`] = byName;
    }
  }
  return readers;
}

function member(type: string, members: Members, value: unknown): PythonValue | undefined {
  const name = Object.keys(members).find((name) => members[name] === value);
  const shown = name === undefined ? undefined : `${type}.${name}`;
  if (PLAIN.includes(type)) {
    if (shown === undefined) return undefined;
    return { str: () => shown, repr: () => `<${shown}: ${value ?? "None"}>` };
  }
  // Numbers without a name here are those of another system, or of a later Python.
  if (Number.isSafeInteger(value) && typeof Object.values(members)[0] === "number") {
    const repr = shown === undefined ? `${type}(${value})` : `<${shown}: ${value}>`;
    return integerValue(value as number, repr);
  }
  return shown === undefined ? undefined : { str: () => name!, repr: () => `<${shown}>` };
}
