/**
 * The scenarios. A scenario has a `group`, by which `--only` picks it, a `title`, the
 * subjects it is run with, in turn, and how one run is made.
 */
import { join } from "node:path";
import { measure } from "./measure.mjs";
import { compute, receive } from "./measure_alone.mjs";

const RUNTIMES = ["node", "deno", "bun"];

/** A subject: `family` is by what ratios and `--against` find it. */
function subject(family, runtime, file, record = {}) {
  const on = runtime === "python" ? "" : `, ${runtime}`;
  return { family, runtime, name: `${family}${on}`, file, record };
}

function onEach(family, file, record) {
  return RUNTIMES.map((runtime) => subject(family, runtime, file, record));
}

const codec = [
  ...onEach("logwire", "core/codec.ts"),
  subject("cpython", "python", "peers/codec.py"),
];
const receivers = [
  ...onEach("logwire", "net/receiver.ts"),
  subject("cpython", "python", "peers/receiver.py"),
];
/** The records that programs log, and their titles; peers/codec.py makes them. */
const LOGGED = {
  args: "args",
  text: "a text that changes",
  extra: "4 of extra",
  error: "an error",
};
/** The file of the frames of such records. */
function logged({ logged }, which) {
  if (logged === undefined) throw new Error("needs python3, which makes the frames");
  return join(logged, which);
}
const text = { kind: "text" };
const ours = onEach("logwire", "net/logwire.ts");
/** Deno's own sockets, and Node's on Deno. */
const onDeno = [
  subject("logwire", "deno", "net/logwire.ts"),
  { ...subject("logwire", "deno", "net/logwire_over_node.ts"), name: "over ./node, deno" },
];
const cpython = subject("cpython", "python", "peers/socket_handler.py");
const pino = subject("pino", "node", "peers/pino.mjs", text);
const others = [
  ...onEach("logtape", "peers/logtape.mjs", text),
  subject("winston", "node", "peers/winston.mjs", text),
  subject("log4js", "node", "peers/log4js.mjs", {
    ...text,
    delimiter: "__LOG4JS__",
  }),
];
const raw = onEach("raw", "controls/raw_tcp.ts");
const rawSends = onEach("raw", "controls/raw_udp.ts");
const rawFrames = onEach("raw, each alone", "controls/raw_frames.ts");

/** The scenarios, in the order of the table. `quick` is for a run of two minutes. */
export function scenarios({ quick, records, warmup }) {
  const limitMs = quick ? 15_000 : 120_000;
  const given = { limitMs, warmup: warmup ?? (quick ? 20_000 : 50_000) };
  const tcp = (group, title, subjects, options) => ({
    group,
    title,
    subjects,
    run: (setting, commands, { runtime, file, record }) =>
      measure(setting, commands.drive(runtime, file), { ...given, ...record, ...options }),
  });
  const count = (usual) => records ?? usual;
  const thousands = (number) => number.toLocaleString("en");
  const burst = count(100_000);
  const few = count(20_000);
  // At 64 a turn the warm-up of an engine is a third of the time that 100,000 records take.
  const steady = count(quick ? 500_000 : 1_000_000);
  return [
    ...[
      ["emit", "plain", "emit a record"],
      ["emit", "changing", "with a text that changes"],
      ["emit", "argument", "with an argument to merge"],
      ["emit", "traceback", "with a traceback"],
      ["emit", "extra", "with 8 of extra"],
      ...quick ? [] : [["makePickle", "plain", "makePickle()"]],
    ].map(([what, which, title]) => ({
      group: "encode",
      title,
      subjects: codec,
      run: (setting, commands, { runtime, file }) =>
        compute(setting, commands.run(runtime, file, what, which)),
    })),
    {
      group: "decode",
      title: "decode a record",
      subjects: codec,
      run: (setting, commands, { runtime, file }) =>
        compute(setting, commands.run(runtime, file, "decode", setting.received)),
    },
    ...Object.entries(LOGGED).map(([which, title]) => ({
      group: "decode",
      title: `decode ${title}`,
      subjects: codec,
      run: (setting, commands, { runtime, file }) =>
        compute(setting, commands.run(runtime, file, "decode", logged(setting, which))),
    })),
    {
      group: "disabled",
      title: "debug() that is off",
      subjects: codec,
      run: (setting, commands, { runtime, file }) =>
        compute(setting, commands.run(runtime, file, "disabled")),
    },
    tcp("burst", `burst of ${thousands(burst)}`, [
      ...ours,
      ...raw,
      cpython,
      pino,
      ...others,
    ], {
      records: burst,
    }),
    tcp("turns", `${thousands(steady)}, 64 a turn`, [
      ...ours,
      ...raw,
      cpython,
      pino,
      ...quick ? [] : others,
    ], {
      records: steady,
      perTurn: 64,
    }),
    tcp("single", "1 record a turn", [...ours, ...raw, cpython, pino], {
      records: few,
      perTurn: 1,
    }),
    ...quick ? [] : [tcp("writes", "one write a frame", rawFrames, { records: burst })],
    tcp("latency", "latency, connected", [
      ...ours,
      cpython,
      pino,
      ...quick ? [] : others,
    ], {
      records: burst,
      latency: true,
    }),
    tcp("latency", "latency, server absent", [...ours, cpython], {
      records: burst,
      latency: true,
      server: "absent",
    }),
    tcp("latency", "latency, server stalled", ours, {
      records: burst,
      latency: true,
      server: "stall",
    }),
    tcp("datagrams", "datagrams, 64 a turn", [...ours, ...rawSends, cpython], {
      records: burst,
      perTurn: 64,
      warmup: 10_000,
      protocol: "udp",
    }),
    tcp("exit", `exit after ${thousands(few)}`, [
      ...ours,
      cpython,
      pino,
      ...quick ? [] : others,
    ], {
      records: few,
      exit: true,
    }),
    ...(quick ? [] : [
      ["burst", { records: burst }],
      ["64 a turn", { records: steady, perTurn: 64 }],
      ["8 a turn", { records: burst, perTurn: 8 }],
      ["1 a turn", { records: few, perTurn: 1 }],
      ["exit", { records: few, exit: true }],
    ]).map(([pace, options]) =>
      tcp("sockets", `sockets on Deno, ${pace}`, [...onDeno, cpython], options)
    ),
    {
      group: "receiver",
      title: "receiver",
      subjects: receivers,
      run: (setting, commands, { runtime, file }) =>
        receive(setting, commands, {
          ...{ runtime, file, connections: 1, ...given },
          records: count(quick ? 200_000 : 1_000_000),
        }),
    },
    ...Object.entries(quick ? { args: LOGGED.args } : LOGGED).map(([which, title]) => ({
      group: "receiver",
      title: `receiver, ${title}`,
      subjects: receivers,
      run: (setting, commands, { runtime, file }) =>
        receive(setting, commands, {
          ...{ runtime, file, connections: 1, ...given, frames: logged(setting, which) },
          records: count(quick ? 100_000 : 400_000),
        }),
    })),
    {
      group: "receiver",
      title: "receiver, 500 senders",
      // CPython's takes a thread a connection, and half a minute.
      subjects: receivers.slice(0, quick ? 3 : 4),
      run: (setting, commands, { runtime, file }) =>
        receive(setting, commands, {
          ...{ runtime, file, connections: 500, ...given },
          records: quick ? 200_000 : 1_000_000,
        }),
    },
    tcp("memory", "burst of 1,000,000", ours, { records: 1_000_000 }),
    ...(quick ? [1000, 100_000] : [1000, 10_000, 100_000, 10_000_000])
      .map((records) =>
        tcp("scale", `${thousands(records)}, 64 a turn`, ours, {
          records,
          perTurn: 64,
        })
      ),
    ...(quick ? [1, 1000] : [1, 10, 100, 1000]).map((loggers) =>
      tcp("loggers", `${thousands(loggers)} logger${loggers === 1 ? "" : "s"}`, ours, {
        records: steady,
        perTurn: 64,
        loggers,
      })
    ),
  ];
}
