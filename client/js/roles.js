/** Who works for the office. No DOM: the worker may ask too. */
/** Roles that take in dossiers for others. */
const WRITING = ["head", "handler", "counter"];

/** Whether a drawer is that of an officer who takes in dossiers. @param {import("./vault.js").Account|null} account */
export const isOfficer = (account) => Boolean(account?.roles?.some(({ role }) => WRITING.includes(role)));
