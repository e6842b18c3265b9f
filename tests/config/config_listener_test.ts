import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { concat } from "@std/bytes";
import {
  ConfigListener,
  type ConfigListenerFault,
  type ConfigListenerOptions,
  DEFAULT_LOGGING_CONFIG_PORT,
  listen,
  stopListening,
} from "../../src/config/config_listener.ts";
import { getLogger, manager, root } from "../../src/logging/get_logger.ts";
import { setRaiseExceptions } from "../../src/logging/raise_exceptions.ts";
import { ConnectionError } from "../../src/net/connection_error.ts";
import type { Acceptor, StreamConnection } from "../../src/net/connector.ts";
import { MemoryNetwork } from "../../src/testing/memory.ts";
import { frame, type FrameError } from "../../src/wire/length_prefix_framing.ts";
import { ListHandler, withBareRoot } from "../logging/helpers.ts";
import { catchStderr } from "../stderr.ts";
import { test } from "../test.ts";
import { advanceUntil } from "../until.ts";

const at = { transport: "tcp", hostname: "localhost", port: 9030 } as const;
const utf8 = (text: string) => new TextEncoder().encode(text);

/** The level of the root, as a configuration. */
const levelOf = (level: number) =>
  frame(utf8(JSON.stringify({ version: 1, incremental: true, root: { level } })));

const ini = "[loggers]\nkeys=root\n[handlers]\nkeys=h\n[formatters]\nkeys=\n" +
  "[logger_root]\nlevel=ERROR\nhandlers=h\n[handler_h]\nclass=test.List\n";

interface Setting {
  network: MemoryNetwork;
  listener: ConfigListener;
  faults: ConfigListenerFault[];
  /** The configurations that took effect. */
  configured(): number;
  /** Lets the program run until so many configurations have taken effect, or failed. */
  settled(count: number): Promise<void>;
  send(bytes: Uint8Array): Promise<StreamConnection>;
}

/** Runs `fn` with a listener on a new network, and checks that it leaves nothing behind. */
async function listening(
  fn: (setting: Setting) => Promise<void>,
  options: Partial<ConfigListenerOptions> = {},
): Promise<void> {
  manager.loggerDict.clear();
  await withBareRoot(async () => {
    const network = new MemoryNetwork();
    const { clock } = network;
    const faults: ConfigListenerFault[] = [];
    let configured = 0;
    const listener = listen(undefined, {
      acceptor: network,
      clock,
      classes: { "test.List": () => new ListHandler() },
      onError: (fault) => faults.push(fault),
      onConfigured: () => configured++,
      ...options,
    });
    await listener.start();
    const opened: StreamConnection[] = [];
    await fn({
      network,
      listener,
      faults,
      configured: () => configured,
      settled: (count) => advanceUntil(clock, () => configured + faults.length >= count),
      async send(bytes) {
        const connection = await network.connect(at);
        opened.push(connection);
        await connection.write(bytes).catch(() => {});
        return connection;
      },
    });
    const stopping = Promise.all([listener.stop(), ...opened.map((one) => one.close())]);
    await clock.advance(10_000);
    await stopping;
    assertEquals([clock.pendingTimers, network.holding], [0, 0]);
  });
  manager.loggerDict.clear();
}

const reasons = (faults: ConfigListenerFault[]) => faults.map(({ reason }) => reason);

test("listen() takes a dictionary and a file, in whatever pieces they arrive", () =>
  listening(async ({ send, settled, network, listener, configured, faults }) => {
    assertEquals([listener.address, DEFAULT_LOGGING_CONFIG_PORT], [
      { transport: "tcp", hostname: "127.0.0.1", port: 9030 },
      9030,
    ]);
    await send(levelOf(7));
    await settled(1);
    assertEquals(root.level, 7);
    await send(frame(utf8(ini)));
    await settled(2);
    assertEquals([root.level, root.handlers[0]?.constructor], [40, ListHandler]);
    const slow = await send(new Uint8Array(0));
    for (const byte of levelOf(8)) {
      await slow.write(Uint8Array.of(byte));
      await network.clock.advance();
    }
    await settled(3);
    assertEquals([root.level, configured(), faults], [8, 3, []]);
  }));

test("listen() takes one configuration of a connection, and closes it", () =>
  listening(async ({ send, settled, network }) => {
    const connection = await send(concat([levelOf(7), levelOf(8)]));
    await settled(1);
    await advanceUntil(network.clock, () => root.level === 7);
    await connection.closed;
    assertEquals(root.level, 7);
  }));

test("listen() ignores a connection that sends nothing", () =>
  listening(async ({ send, settled, faults }) => {
    await (await send(new Uint8Array(0))).close();
    await send(levelOf(7));
    await settled(1);
    assertEquals([root.level, faults], [7, []]);
  }));

const bad: [what: string, bytes: Uint8Array, reason: string, error: RegExp][] = [
  [
    "a length that is absurd",
    Uint8Array.of(255, 255, 255, 255),
    "frame",
    /claims 4294967295 bytes/,
  ],
  ["a length beyond maxBytes", Uint8Array.of(0, 16, 0, 1), "frame", /the most is 1048576/],
  ["another protocol", utf8("GET / HTTP/1.1\r\n\r\n"), "frame", /claims/],
  ["bytes that are no UTF-8", frame(Uint8Array.of(0x5b, 0xff, 0x5d)), "configuration", /./],
  ["an empty configuration", frame(new Uint8Array(0)), "configuration", /\[formatters\]/],
  ["JSON that is cut off", frame(utf8('{"version": 1')), "configuration", /SyntaxError/],
  ["JSON that is no dictionary", frame(utf8("[1]")), "configuration", /\[formatters\]/],
  ["a dictionary of another version", frame(utf8('{"version": 2}')), "configuration", /'version'/],
  [
    "JSON that is nested deeply",
    frame(utf8(`{"version": 1, "x": ${"[".repeat(99_999)}${"]".repeat(99_999)}}`)),
    "configuration",
    /nested less deeply|stack/,
  ],
  ["no section", frame(utf8("spam=eggs")), "configuration", /no section before line 1/],
  [
    "a class that the table has not",
    frame(utf8(ini.replace("test.List", "os.system"))),
    "configuration",
    /'\[handler_h\]\.class' must be a function or a name in 'classes'/,
  ],
  [
    "an expression",
    frame(utf8(ini + "args=__import__('os').system('x')")),
    "configuration",
    /'\[handler_h\]\.args' must be Python literals, as nothing is evaluated/,
  ],
  [
    "a factory",
    frame(utf8('{"version": 1, "handlers": {"h": {"()": "test.List"}}}')),
    "configuration",
    /'handlers\.h\.\(\)' must be absent/,
  ],
];

for (const [what, bytes, reason, error] of bad) {
  test(`listen() reports ${what}, and stays as it was`, () =>
    listening(async ({ send, settled, faults, configured, listener }) => {
      const kept = new ListHandler();
      root.addHandler(kept);
      const connection = await send(bytes);
      await settled(1);
      assertEquals([reasons(faults), faults[0]!.connection], [[reason], 1]);
      assert(error.test(String(faults[0]!.error)), String(faults[0]!.error));
      await connection.closed;
      assertEquals([root.handlers[0], root.level, configured()], [kept, 30, 0]);
      await send(levelOf(7));
      await settled(2);
      assertEquals([root.level, listener.address.transport], [7, "tcp"]);
    }));
}

test("listen() reports a frame that is cut off", () =>
  listening(async ({ send, settled, faults }) => {
    for (const length of [1, 3, 4, 20]) {
      await (await send(levelOf(7).subarray(0, length))).close();
    }
    await settled(4);
    assertEquals(reasons(faults), ["frame", "frame", "frame", "frame"]);
    for (const { error } of faults) assertEquals((error as FrameError).code, "cut-off");
    assertEquals(root.level, 30);
  }));

test("listen() closes a connection that does not complete its configuration in time", () =>
  listening(async ({ send, network, faults }) => {
    const silent = await send(new Uint8Array(0));
    const slow = await send(levelOf(7).subarray(0, 9));
    for (let second = 0; second < 9; second++) {
      await network.clock.advance(1000);
      await slow.write(Uint8Array.of(32));
    }
    assertEquals(faults, []);
    await network.clock.advance(1000);
    assertEquals(reasons(faults), ["timeout", "timeout"]);
    await Promise.all([silent.closed, slow.closed]);
    assertEquals(root.level, 30);
  }));

test("listen() closes the connection that waits for the longest when there are too many", () =>
  listening(async ({ send, settled, faults, network }) => {
    const open = [];
    for (let count = 0; count < 3; count++) {
      open.push(await send(new Uint8Array(0)));
      await network.clock.advance();
    }
    await send(levelOf(7));
    await settled(2);
    assertEquals([reasons(faults), faults[0]!.connection, root.level], [["refused"], 1, 7]);
    await open[0]!.closed;
    await open[1]!.write(levelOf(8));
    await settled(3);
    assertEquals(root.level, 8);
  }, { maxConnections: 3 }));

test("listen() uses the bytes that verify() returns, now or later", async () => {
  const reverse = (bytes: Uint8Array) => bytes.toReversed();
  for (const verify of [reverse, (bytes: Uint8Array) => Promise.resolve(reverse(bytes))]) {
    await listening(async ({ send, settled, faults }) => {
      await send(frame(levelOf(7).subarray(4).toReversed()));
      await settled(1);
      assertEquals([root.level, faults], [7, []]);
    }, { verify });
  }
});

test("listen() discards what verify() does not return", async () => {
  const failing: [verify: () => unknown, message: string][] = [
    [() => null, "verify() has discarded the configuration"],
    [() => Promise.resolve(null), "verify() has discarded the configuration"],
    [() => undefined, "verify() must return a Uint8Array or null: it was undefined"],
    [() => "text", 'verify() must return a Uint8Array or null: it was "text"'],
    [() => {
      throw new Error("no signature");
    }, "no signature"],
    [() => Promise.reject(new Error("no signature")), "no signature"],
  ];
  for (const [verify, message] of failing) {
    await listening(async ({ send, settled, faults }) => {
      await send(levelOf(7));
      await settled(1);
      assertEquals([reasons(faults), (faults[0]!.error as Error).message], [["verify"], message]);
      assertEquals(root.level, 30);
    }, { verify: verify as () => null });
  }
});

test("listen() does not wait for verify() for ever", () =>
  listening(async ({ send, network, faults }) => {
    await send(levelOf(7));
    await network.clock.advance(10_000);
    assertEquals(reasons(faults), ["timeout"]);
  }, { verify: () => new Promise(() => {}) }));

test("listen() demands verify() at an address that is not loopback", () => {
  const acceptor = new MemoryNetwork();
  for (const host of ["0.0.0.0", "::", "10.0.0.1", "logs.example"]) {
    assertThrows(() => listen(0, { acceptor, host }), TypeError, `as ${host} is not loopback`);
    listen(0, { acceptor, host, verify: () => null });
  }
  for (const host of ["localhost", "127.0.0.1", "::1"]) listen(0, { acceptor, host });
  listen(null, { acceptor, host: "/run/shop/config.sock" });
});

test("listen() refuses bad options", () => {
  const acceptor = new MemoryNetwork();
  const options: [name: string, options: object][] = [
    ["acceptor", { acceptor: undefined }],
    ["colour", { colour: 1 }],
    ["verify", { verify: 1 }],
    ["folder", { folder: "" }],
    ["classes", { classes: 1 }],
    ["maxBytes", { maxBytes: 0 }],
    ["maxBytes", { maxBytes: 2 ** 32 }],
    ["maxConnections", { maxConnections: Infinity }],
    ["timeoutMs", { timeoutMs: 0 }],
    ["tls.key", { tls: { cert: "PEM" } }],
    ["onError", { onError: 1 }],
    ["onConfigured", { onConfigured: 1 }],
    ["clock", { clock: {} }],
    ["host", { host: "a b" }],
  ];
  for (const [name, more] of options) {
    const error = assertThrows(() => listen(0, { acceptor, ...more }), Error, `'${name}'`);
    assert((error as Error).message.startsWith("Cannot listen for configurations as"));
  }
  assertThrows(() => listen(65_536, { acceptor }), RangeError, "'port'");
});

test("stopListening() stops the listener that was started last", () =>
  listening(async ({ listener, network, send, settled }) => {
    const other = listen(9031, { acceptor: network, clock: network.clock });
    await other.start();
    await stopListening();
    await assertRejects(() => other.start(), TypeError, "stopped before");
    await stopListening();
    await send(levelOf(7));
    await settled(1);
    assertEquals([root.level, listener[Symbol.asyncDispose]() === listener.stop()], [7, true]);
  }));

test("stop() closes the connections that wait, and reports none", () =>
  listening(async ({ listener, send, faults, network }) => {
    const connection = await send(levelOf(7).subarray(0, 9));
    await network.clock.advance();
    const stopping = listener.stop();
    await network.clock.advance(1000);
    await Promise.all([stopping, connection.closed]);
    assertEquals([faults, network.clock.pendingTimers], [[], 0]);
  }));

test("start() rejects when the address is in use, and again when it was stopped", () =>
  listening(async ({ network }) => {
    const second = listen(undefined, { acceptor: network });
    const error = await assertRejects(() => second.start(), ConnectionError);
    assertInstanceOf(error, ConnectionError);
    await second.stop();
    await assertRejects(() => second.start(), TypeError);
  }));

test("a listening socket that fails is reported, and ends the listener", async () => {
  const faults: ConfigListenerFault[] = [];
  const failure = new ConnectionError("other", "out of files");
  const acceptor: Acceptor = {
    listen: (address) =>
      Promise.resolve({
        address,
        // deno-lint-ignore require-yield -- it fails before it yields
        async *[Symbol.asyncIterator]() {
          throw await Promise.resolve(failure);
        },
        close: () => Promise.resolve(),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      }),
  };
  const listener = new ConfigListener(0, { acceptor, onError: (fault) => faults.push(fault) });
  await listener.start();
  await listener.stop();
  assertEquals(faults, []);
  const next = new ConfigListener(0, { acceptor, onError: (fault) => faults.push(fault) });
  await next.start();
  while (faults.length === 0) await Promise.resolve();
  assertEquals(faults, [{ reason: "listener", error: failure }]);
  await next.stop();
});

test("faults are lines on stderr, few of a kind, without an onError", async () => {
  const { lines, end } = catchStderr();
  try {
    await listening(async ({ send, network }) => {
      for (let count = 0; count < 3; count++) {
        const connection = await send(frame(utf8("spam\x1b[2J=eggs")));
        await advanceUntil(network.clock, () => connection.closed !== undefined);
        await connection.closed;
      }
    }, { onError: undefined } as unknown as Partial<ConfigListenerOptions>);
  } finally {
    end();
    setRaiseExceptions(true);
  }
  assertEquals(lines.length, 2);
  const [first, rest] = lines as [string, string];
  assert(
    first.startsWith("logwire: configuration listener at 127.0.0.1:9030: configuration fault"),
  );
  assert(!first.includes("\x1b"), first);
  assertEquals(rest.split(": ").at(-1), "2 more were not shown");
});

test("an onConfigured or onError that throws ends nothing", async () => {
  const { lines, end } = catchStderr();
  const fail = () => {
    throw new Error("spam");
  };
  try {
    await listening(async ({ send, network }) => {
      await send(levelOf(7));
      await advanceUntil(network.clock, () => root.level === 7);
      await send(frame(utf8("x")));
      await send(levelOf(8));
      await advanceUntil(network.clock, () => root.level === 8);
      getLogger("a");
    }, { onConfigured: fail, onError: fail });
  } finally {
    end();
  }
  assert(lines.join("\n").includes("Error: spam"));
});
