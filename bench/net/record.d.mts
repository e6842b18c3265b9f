/** A kind of record that the benches log. */
export type Kind = "args" | "extra" | "text" | "error" | "const";
/** The text of the constant record. */
export declare const MESSAGE: string;
/** The text of records with arguments. */
export declare const ARGS: string;
/** The text of records with an error. */
export declare const FAILED: string;
/** The kinds of record, those first that programs log most. */
export declare const KINDS: readonly Kind[];
/** The names of `count` loggers, CPython's "myapp.area1" first. */
export declare function loggerNames(count: number): string[];
/** Logs record `i` with `log(logger, i)`, the loggers in turn. */
export declare function inTurn<L>(
  loggers: readonly L[],
  log: (logger: L, i: number) => void,
): (i: number) => void;
/** The second argument of record `i`. */
export declare function tookOf(i: number): number;
/** The changing text of record `i`. */
export declare function textOf(i: number): string;
/** The fields of record `i`. */
export declare function fieldsOf(
  i: number,
): { path: string; user: string; status: number; cached: boolean };
/** An error whose stack has ten frames: V8 keeps no more. */
export declare function makeError(): Error;
/** The expectations of a sink for records of a kind: KEY=PATTERN, or KEY~PATTERN for a part of it. */
export declare function expectations(
  kind: Kind,
  options?: { format?: string; loggers?: number; fixed?: number },
): string[];
/** The text of a pattern for record `i`. */
export declare function expand(
  pattern: string,
  i: number,
  loggers?: number,
): string;
