/** Loads each sub-path of the arguments by `require()` and by `import`, and compares the two. */
const assert = require("node:assert/strict");

async function check(subPath) {
  const required = require(subPath);
  const imported = await import(subPath);
  // Node's mark of a module with a default export.
  const names = Object.keys(required).filter((name) => name !== "__esModule");
  assert.deepEqual(names, Object.keys(imported));
  for (const [name, value] of Object.entries(imported)) {
    assert.equal(required[name], value, `${subPath} has two of ${name}`);
    // Two classes of one name in a chunk would leave one of them with another name.
    if (/^class\b/.test(String(value))) assert.equal(value.name, name);
  }
}

Promise.all(process.argv.slice(2).map(check)).then(async () => {
  const logger = require("@logwire/logging").getLogger("a");
  assert.equal((await import("@logwire/logging")).getLogger("a"), logger);
});
