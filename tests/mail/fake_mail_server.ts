/** A mail server that does as it is told, for what a real one would not do. */
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";

/** What is said to a command: a reply, nothing at all, or the end. */
export type Answer = string | "stall" | "drop";

/** Answers everything in the affirmative but what `answers` says otherwise, by command. */
export class FakeMailServer implements AsyncDisposable {
  /** By the first word of a command; `greeting`, and `.` for the end of a mail. */
  readonly answers: Record<string, Answer> = {};
  /** Every command, in order; the lines of mails are not. */
  readonly commands: string[] = [];
  /** The mails, whole. */
  readonly mails: string[] = [];
  connections = 0;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  #changed = () => {};

  constructor() {
    this.#server = createServer((socket) => this.#serve(socket));
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return this;
  }

  get host(): [string, number] {
    return ["127.0.0.1", (this.#server.address() as AddressInfo).port];
  }

  /** Resolves once this command was given. */
  async heard(command: string): Promise<void> {
    while (!this.commands.some((line) => line.startsWith(command))) {
      await new Promise<void>((resolve) => this.#changed = resolve);
    }
  }

  #serve(socket: Socket): void {
    this.connections++;
    this.#sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => this.#sockets.delete(socket));
    let mail: string | undefined;
    let rest = "";
    const take = (line: string) => {
      if (mail !== undefined && line !== ".") return void (mail += `${line}\n`);
      const word = line.split(/[ :]/, 1)[0]!.toUpperCase();
      this.commands.push(line);
      this.#changed();
      const answer = this.answers[word] ?? usual(word);
      if (word === "DATA" && answer.startsWith("354")) mail = "";
      if (line === ".") {
        if (answer.startsWith("2")) this.mails.push(mail ?? "");
        mail = undefined;
      }
      say(socket, answer);
      if (word === "QUIT" && answer !== "stall") socket.end();
    };
    socket.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\r\n");
      rest = lines.pop()!;
      lines.forEach(take);
    });
    say(socket, this.answers["greeting"] ?? "220 fake.example");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

function usual(word: string): string {
  if (word === "EHLO") return "250-fake.example\r\n250-SIZE 100000\r\n250 AUTH PLAIN LOGIN";
  if (word === "DATA") return "354 go on";
  if (word === "AUTH") return "235 welcome";
  return word === "QUIT" ? "221 bye" : "250 fine";
}

function say(socket: Socket, answer: Answer): void {
  if (answer === "drop") socket.destroy();
  else if (answer !== "stall") socket.write(`${answer}\r\n`);
}
