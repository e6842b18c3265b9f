/** Makes a value that is shared many times over: small as a graph, and endless as a tree. */
export function dag(): unknown {
  let value: unknown = ["ha"];
  for (let i = 0; i < 64; i++) value = [value, value];
  return value;
}
