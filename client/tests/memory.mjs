/** `db.js` in memory, put in its place for the tests that import this first: one phone, every drawer of it. */
import { register } from "node:module";

const source = `
const stores = new Map();
const store = (slot, name) => {
  const key = slot + "/" + name;
  if (!stores.has(key)) stores.set(key, new Map());
  const kept = stores.get(key);
  return {
    get: async (id) => structuredClone(kept.get(id)),
    getAll: async () => structuredClone([...kept.values()]),
    put: async (record) => void kept.set(record.id, structuredClone(record)),
    delete: async (id) => void kept.delete(id),
  };
};
const settings = new Map();
export const GUEST = "guest";
export const setting = async (id) => settings.get(id) ?? null;
export const keepSetting = async (id, value) => void settings.set(id, value);
export const settleShared = async () => {};
export const keyOf = async () => null;
export const accountDb = async (slot) => ({
  again: (work) => work(),
  transaction: async () => ({ objectStore: (name) => store(slot, name), done: Promise.resolve() }),
  get: (name, id) => store(slot, name).get(id),
  getAll: (name) => store(slot, name).getAll(),
  close() {},
});
`;
const address = `data:text/javascript,${encodeURIComponent(source)}`;
const loader = `export const resolve = (name, context, next) => name === "./db.js" ? { url: ${JSON.stringify(address)}, shortCircuit: true } : next(name, context);`;
register(`data:text/javascript,${encodeURIComponent(loader)}`);
globalThis.navigator ??= /** @type {any} */ ({}); // without Web Locks: the drawer sees to it itself
