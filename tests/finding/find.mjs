/** Answers each line of words with the codes that the phone finds among the records of the first line. */
import { createInterface } from "node:readline";

import { Index } from "../../client/js/finding.js";

let index = null;
for await (const line of createInterface({ input: process.stdin })) {
  const said = JSON.parse(line);
  if (typeof said === "string") process.stdout.write(`${JSON.stringify([index.find(said).map(({ code }) => code), index.near(said)])}\n`);
  else index = new Index(said.words, said.records);
}
