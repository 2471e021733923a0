/**
 * Autosave: half a second after the last key, on leaving a field, and when the page is hidden. It says "saved" only when
 * it is, and from the first key on until then it does not.
 */
export const PAUSE_MS = 500;

export class Autosave {
  /**
   * @param {() => Promise<void>} save resolves when it is durable
   * @param {(state: "saved"|"saving"|"unsaved", fault?: any) => void} tell
   */
  constructor(save, tell) {
    this.save = save;
    this.tell = tell;
    this.changed = 0;
    this.kept = 0;
    /** @type {any} */
    this.timer = null;
    /** @type {Promise<void>|null} */
    this.running = null;
  }

  /** Something was written. */
  touch() {
    this.changed += 1;
    this.tell("saving");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), PAUSE_MS);
  }

  /** Save now what is not saved; resolves to whether all is. @returns {Promise<boolean>} */
  async flush() {
    clearTimeout(this.timer);
    while (this.running) await this.running;
    if (this.kept === this.changed) return true;
    this.running = this.once();
    await this.running;
    return this.kept === this.changed;
  }

  async once() {
    const upTo = this.changed;
    try {
      await this.save();
      this.kept = upTo;
      if (this.kept === this.changed) this.tell("saved");
    } catch (fault) {
      this.tell("unsaved", fault);
    } finally {
      this.running = null;
    }
  }

  get isDirty() {
    return this.kept !== this.changed;
  }
}

/**
 * Go on where something could not be kept: for want of room, and it comes again at a better time; or because a newer
 * version has the database, which the page says once for all (`dbNews`).
 * @param {any} fault
 */
export function ignoreFull(fault) {
  if (!isFull(fault) && fault?.name !== "VersionError") throw fault;
}

/** Whether a write failed because there is no room. @param {any} fault */
export function isFull(fault) {
  return /quota|disk|space/i.test(`${fault?.name} ${fault?.message} ${fault?.inner?.name ?? ""}`) || fault?.name === "AbortError" || fault?.name === "UnknownError";
}
