/** Answers each line of answers with the questions that the phone asks and the papers it lists, by the checklist before it. */
import { createInterface } from "node:readline";

import { asked, listed } from "../../client/js/checklist.js";

let checklist = null;
for await (const line of createInterface({ input: process.stdin })) {
  const said = JSON.parse(line);
  if (said.questions) checklist = said;
  else process.stdout.write(`${JSON.stringify([asked(checklist, said).map(({ key }) => key), listed(checklist, said).map(({ paper, sure }) => [paper.key, sure])])}\n`);
}
