/**
 * The rules for fields of a syslog header: RFC 5424 section 6 and RFC 3164 section 4.1. A value
 * that would break the header, or begin another one, is an error that names the value.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import { refuse } from "../../logging/validate.ts";

/** The rule for a field of a header, and its description for errors. */
interface Rule {
  readonly pattern: RegExp;
  readonly expected: string;
}

/** The names of the fields, as the options that set them are called. */
export type HeaderField = "hostname" | "appName" | "procid" | "msgid";

/** The rules of one format; `null` for a field that it does not have. */
export type HeaderRules = Readonly<Record<HeaderField, Rule | null>>;

function printable(max: number): Rule {
  return {
    pattern: new RegExp(`^[!-~]{1,${max}}$`),
    expected: `1 to ${max} printable ASCII characters without a space`,
  };
}

function word(max: number, extra: string): Rule {
  return {
    pattern: new RegExp(`^[A-Za-z0-9${extra}]{1,${max}}$`),
    expected: `1 to ${max} characters of A-Z a-z 0-9 ${[...extra].join(" ")}`,
  };
}

/** RFC 5424 section 6. */
export const RFC5424_FIELDS: HeaderRules = {
  hostname: /* @__PURE__ */ printable(255),
  appName: /* @__PURE__ */ printable(48),
  procid: /* @__PURE__ */ printable(128),
  msgid: /* @__PURE__ */ printable(32),
};

/**
 * RFC 3164 section 4.1, whose TAG is the application name. It is alphanumeric there; daemons also
 * accept the few other characters of program names, but none that ends a field.
 */
export const RFC3164_FIELDS: HeaderRules = {
  hostname: {
    pattern: /^(?:[A-Za-z0-9._-]{1,255}|[0-9A-Fa-f:.]{1,44}[0-9A-Fa-f])$/,
    expected: "1 to 255 characters of A-Z a-z 0-9 . _ -, or an IP address",
  },
  appName: /* @__PURE__ */ word(32, "._/-"),
  procid: /* @__PURE__ */ word(128, "._-"),
  msgid: null,
};

/**
 * Checks a field of a header, or null for none, and returns it.
 *
 * @throws {TypeError} for a value that the format does not allow there
 */
export function checkField(
  what: string,
  rules: HeaderRules,
  name: HeaderField,
  value: unknown,
): string | null {
  const rule = rules[name];
  if (rule === null || value === null) return null;
  if (typeof value === "string" && rule.pattern.test(value)) return value;
  return refuse(what, name, rule.expected, value);
}
