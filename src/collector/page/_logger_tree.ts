/** The tree of loggers, made of their names: each has the count of itself and of all below it. */
import type { NameCount } from "./_collector_api.ts";

/** A logger, or a name above loggers. */
export interface LoggerNode {
  /** The whole name, as a filter has it. */
  name: string;
  /** The last part of the name. */
  label: string;
  /** Records of this logger and of those below it. */
  count: number;
  children: LoggerNode[];
}

/** Names of more parts than this have the rest in one: deeper levels would not fit the page. */
const MOST_PARTS = 12;

/** Makes the tree: children in the order of their names. */
export function loggerTree(loggers: readonly NameCount[]): LoggerNode[] {
  const top: LoggerNode[] = [];
  const nodes = new Map<string, LoggerNode>();
  for (const { name, count } of loggers) {
    let siblings = top;
    let path = "";
    for (const label of partsOf(name)) {
      path = path === "" ? label : `${path}.${label}`;
      let node = nodes.get(path);
      if (node === undefined) {
        node = { name: path, label, count: 0, children: [] };
        nodes.set(path, node);
        siblings.push(node);
      }
      node.count += count;
      siblings = node.children;
    }
  }
  for (const siblings of [top, ...[...nodes.values()].map(({ children }) => children)]) {
    siblings.sort((a, b) => a.label < b.label ? -1 : a.label > b.label ? 1 : 0);
  }
  return top;
}

function partsOf(name: string): string[] {
  const parts = name.split(".");
  if (parts.length <= MOST_PARTS) return parts;
  return [...parts.slice(0, MOST_PARTS - 1), parts.slice(MOST_PARTS - 1).join(".")];
}
