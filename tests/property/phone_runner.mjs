/** Answers one JSON line with another: what the phone's evaluator and value checks say. */

import { createInterface } from "node:readline";

import { compute, faults, hidden, requiredSlots, warnings } from "../../client/js/conditions.js";
import { moveOn } from "../../client/js/moves.js";
import { dueAt } from "../../client/js/reckoning.js";
import { canonical, faultOf } from "../../client/js/values.js";

const ANSWERS = {
  due: ({ ms, allowed, calendar }) => dueAt(ms, allowed, calendar),
  form: ({ form, values, today }) => ({
    faults: faults(form, values, today),
    warnings: warnings(form, values, today),
    hidden: [...hidden(form, values, today)].sort(),
    compute: compute(form, values, today),
    slots: [...requiredSlots(form, values, today)].sort(),
  }),
  moves: ({ forms, values, lists }) => moveOn(forms, values, lists),
  value: ({ field, value, lists }) => faultOf(field, value, lists),
  typed: ({ field, typed, lists }) => canonical(field, typed, lists),
};

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(ANSWERS[question.ask](question))}\n`);
}
