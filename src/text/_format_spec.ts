/**
 * The format specification mini-language of Python's `format()`, taken apart:
 * `[[fill]align][sign][z][#][0][width][grouping][.precision][type]`.
 *
 * Browser compatible.
 *
 * @module
 */

/** A specification; a part that is absent is -1 or `""`. */
export interface FormatSpec {
  /** The character that pads. */
  fill: string;
  /** `<`, `>`, `^` or `=`. */
  align: string;
  /** `+`, `-`, a space, or `""`. */
  sign: string;
  /** `z` */
  noNegativeZero: boolean;
  /** `#` */
  alternate: boolean;
  /** The least number of characters, or -1. */
  width: number;
  /** `,`, `_` or `""`. */
  grouping: string;
  /** Digits or characters, or -1. */
  precision: number;
  /** One character; the default depends on the type of the value. */
  type: string;
}

/** As in `percentFormat()`: wider than any line, and harmless. */
const MAX_WIDTH = 1_000_000;

/** Reads `source` for a value of the Python type `of`. */
export function parseFormatSpec(
  source: string,
  of: string,
  defaultType: string,
  defaultAlign: string,
): FormatSpec {
  const characters = [...source];
  const spec: FormatSpec = {
    fill: " ",
    align: defaultAlign,
    sign: "",
    noNegativeZero: false,
    alternate: false,
    width: -1,
    grouping: "",
    precision: -1,
    type: defaultType,
  };
  let at = 0;
  let hasFill = false;
  let hasAlign = false;
  const digits = (): string => {
    let text = "";
    while (/^[0-9]$/.test(characters[at] ?? "")) text += characters[at++];
    if (Number(text) > MAX_WIDTH) {
      throw new RangeError("Too many decimal digits in format string");
    }
    return text;
  };
  if (isAlign(characters[1])) {
    spec.fill = characters[0] ?? " ";
    spec.align = characters[1] ?? defaultAlign;
    hasFill = hasAlign = true;
    at = 2;
  } else if (isAlign(characters[0])) {
    spec.align = characters[0] ?? defaultAlign;
    hasAlign = true;
    at = 1;
  }
  const sign = characters[at];
  if (sign === "+" || sign === "-" || sign === " ") {
    spec.sign = sign;
    at++;
  }
  if (characters[at] === "z") {
    spec.noNegativeZero = true;
    at++;
  }
  if (characters[at] === "#") {
    spec.alternate = true;
    at++;
  }
  if (!hasFill && characters[at] === "0") {
    spec.fill = "0";
    if (!hasAlign && defaultAlign === ">") spec.align = "=";
    at++;
  }
  const width = digits();
  if (width !== "") spec.width = Number(width);
  while (characters[at] === "," || characters[at] === "_") {
    const grouping = characters[at++] ?? "";
    if (spec.grouping !== "") {
      throw new RangeError(
        spec.grouping === grouping
          ? `Cannot specify '${grouping}' with '${grouping}'.`
          : "Cannot specify both ',' and '_'.",
      );
    }
    spec.grouping = grouping;
  }
  if (characters[at] === ".") {
    at++;
    const precision = digits();
    if (precision === "") throw new RangeError("Format specifier missing precision");
    spec.precision = Number(precision);
  }
  if (characters.length - at > 1) {
    throw new RangeError(`Invalid format specifier '${source}' for object of type '${of}'`);
  }
  spec.type = characters[at] ?? defaultType;
  if (spec.grouping !== "" && !mayGroup(spec)) {
    throw new RangeError(`Cannot specify '${spec.grouping}' with '${shownType(spec.type)}'.`);
  }
  return spec;
}

/** Returns a type as error messages show it. */
export function shownType(type: string): string {
  const code = type.codePointAt(0) ?? 0;
  return code > 32 && code < 128 ? type : `\\x${code.toString(16)}`;
}

function isAlign(character: string | undefined): boolean {
  return character === "<" || character === ">" || character === "=" || character === "^";
}

function mayGroup({ type, grouping }: FormatSpec): boolean {
  return "defgEG%F".includes(type) || (grouping === "_" && "boxX".includes(type));
}
