// @ts-self-types="./record.d.mts"
/** The record that every bench logs; SPEED figures are for this one. */

/** The message of every record. */
export const MESSAGE = "Jackdaws love my big sphinx of quartz.";

/** The names of `count` loggers, CPython's "myapp.area1" first. */
export function loggerNames(count) {
  return Array.from({ length: count }, (_, i) => `myapp.area${i + 1}`);
}
