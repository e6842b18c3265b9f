/**
 * Objects of a program's own classes that are pickled as a class and its arguments: members of an
 * `Enum`, named tuples, exceptions.
 *
 * Python writes a member of an `Enum` as `(Color, (1,))`, whatever the version and the protocol: the
 * value and not the name. So the text of `Color.RED` is the call that returns it, `Color(1)`, and
 * likewise `Point(3, 4)`, `Declined('no')`.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import { bareArguments, type PythonCall, type PythonValue } from "./_python_value.ts";

/** Names of classes by the usual style; a function's object can be anything. */
const CLASS = /^(?:.*\.)?(\p{Lu}[\p{L}\p{N}_]{0,99})$/u;

/** Returns the text of such an object; `undefined` for one that has other parts. */
export function programValue(call: PythonCall): PythonValue | undefined {
  const args = bareArguments(call);
  const [, type] = CLASS.exec(call.name) ?? [];
  if (type === undefined || args === undefined || args.length === 0) return undefined;
  return { repr: (repr) => `${type}(${args.map((arg) => repr(arg)).join(", ")})` };
}
