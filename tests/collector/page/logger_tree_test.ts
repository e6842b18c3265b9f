import { assertEquals } from "@std/assert";
import { type LoggerNode, loggerTree } from "../../../src/collector/page/_logger_tree.ts";
import { test } from "../../test.ts";

function outline(nodes: readonly LoggerNode[], indent = ""): string[] {
  return nodes.flatMap(({ label, count, children }) => [
    `${indent}${label} ${count}`,
    ...outline(children, `${indent}  `),
  ]);
}

test("loggerTree() adds up the counts below each name", () => {
  const tree = loggerTree([
    { name: "web.access", count: 5 },
    { name: "app.db.pool", count: 2 },
    { name: "app", count: 10 },
    { name: "app.db", count: 1 },
  ]);
  assertEquals(outline(tree), ["app 13", "  db 3", "    pool 2", "web 5", "  access 5"]);
  assertEquals(tree[0]!.children[0]!.children[0]!.name, "app.db.pool");
});

test("loggerTree() keeps names that look like properties of an object", () => {
  const tree = loggerTree([{ name: "__proto__.constructor", count: 1 }, { name: "", count: 2 }]);
  assertEquals(outline(tree), [" 2", "__proto__ 1", "  constructor 1"]);
});

test("loggerTree() bounds the depth of a name", () => {
  const name = Array.from({ length: 10_000 }, (_, part) => part).join(".");
  let [nodes, depth, last] = [loggerTree([{ name, count: 1 }]), 0, ""];
  while (nodes.length > 0) [last, depth, nodes] = [nodes[0]!.name, depth + 1, nodes[0]!.children];
  assertEquals([depth, last], [12, name]);
});
