// Generated from the structs of schemas/ by `python -m schemas.typescript`: change those, not this.

/** A condition of forms.md §2: one of the heads, with the keys that stand beside it. */
export interface Condition {
  all?: Condition[];
  any?: Condition[];
  not?: Condition;
  field?: string;
  is?: string | number | boolean;
  in?: (string | number | boolean)[];
  filled?: true;
  before?: string | { today: number };
  not_after?: string | { today: number };
  after?: string | { today: number };
  not_before?: string | { today: number };
  at_least?: number | string;
  at_most?: number | string;
  age?: string;
  on?: string | { today: number };
  days?: (string | { today: number })[];
  count?: string;
  same?: string[];
  id_fits?: string;
  born?: string;
  sex?: string;
}

/** Apply a held op, waiving only the reason it was held for. */
export interface Accept {
  type: "accept";
  op: string;
  reason?: string | null;
  id: string;
  dossier: string;
  at: number | string;
  form?: string | null;
  was?: "applied" | "conflict" | "held" | "refused" | null;
}

/** ``GET /accounts/me``: who is signed in. */
export interface Account {
  person: string;
  name: string;
  user: string;
  status: string;
  roles?: OfficerRole[];
  password?: boolean;
}

/** The answer to ``POST /accounts``; the same when repeated with the same secret. */
export interface AccountBegun {
  person: string;
  status: string;
}

/** ``POST /accounts/token``: whose session a cookie is, and the same session as a bearer token. */
export interface AccountToken {
  person: string;
  name: string;
  user: string;
  status: string;
  roles?: OfficerRole[];
  password?: boolean;
  token: string;
}

/** Add a file to a slot; its bytes follow on their own lane. */
export interface Attach {
  type: "attach";
  slot: string;
  sha256: string;
  bytes: number;
  media: string;
  name?: string;
  page?: number;
  id: string;
  dossier: string;
  at: number | string;
  form?: string | null;
  was?: "applied" | "conflict" | "held" | "refused" | null;
}

/** ``POST /accounts``: an account begun on a phone, also with no network. */
export interface BeginAccount {
  name: string;
  secret: string;
  citizen_id?: string | null;
  phone?: string | null;
}

/** A step of an officer, by right and state. */
export interface Command {
  type: "command";
  name: string;
  expect: Expect;
  after?: string[];
  args?: Record<string, unknown>;
  id: string;
  dossier: string;
  at: number | string;
  form?: string | null;
  was?: "applied" | "conflict" | "held" | "refused" | null;
}

/** What was read aloud and agreed to, with the version of its text. */
export interface Consent {
  text: string;
  version: string;
  at: number | string;
}

/** Begin a dossier under the id its draft was begun with. */
export interface Create {
  type: "create";
  procedure: string;
  unit: string;
  channel: "counter" | "field" | "online" | "post";
  on_behalf?: OnBehalf | null;
  id: string;
  dossier: string;
  at: number | string;
  form?: string | null;
  was?: "applied" | "conflict" | "held" | "refused" | null;
}

/** Refuse a held op, with a reason its author reads. */
export interface Decline {
  type: "decline";
  op: string;
  reason?: string | null;
  id: string;
  dossier: string;
  at: number | string;
  form?: string | null;
  was?: "applied" | "conflict" | "held" | "refused" | null;
}

/** Take away the attach ops it saw. */
export interface Detach {
  type: "detach";
  slot: string;
  saw?: string[];
  id: string;
  dossier: string;
  at: number | string;
  form?: string | null;
  was?: "applied" | "conflict" | "held" | "refused" | null;
}

/** A device that is signed in to an account. ``first``, ``last`` and ``expires`` in milliseconds since 1970. */
export interface Device {
  id: string;
  label: string;
  first: number;
  last: number;
  device?: string | null;
  expires?: number | null;
  this?: boolean;
}

/** ``GET /accounts/devices``: the newest contact first. */
export interface DeviceList {
  devices: Device[];
}

/** What a device says of itself, for the page of silent devices. */
export interface DeviceStats {
  outbox?: number | null;
  oldest_s?: number | null;
  blobs?: number | null;
  free_mb?: number | null;
}

/** What a compare-and-set op expects to find. */
export interface Expect {
  state: "1" | "10" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "draft";
  rev?: number | null;
}

/** What is wrong with a form document: where (``sections[0].fields[2].kind``), why, and the value found there. */
export interface Fault {
  path: string;
  reason: string;
  value?: unknown;
}

/** One question. Bounds are whole numbers, or text for ``decimal`` (``"0.5"``) and dates (``"1900-01-01"``). */
export interface Field {
  key: string;
  kind: "address" | "choice" | "choices" | "citizen_id" | "computed" | "date" | "decimal" | "email" | "integer" | "long_text" | "money" | "name" | "partial_date" | "passport" | "phone" | "text" | "time" | "unit" | "yes_no";
  label: Label;
  required?: boolean | Condition;
  when?: Condition | null;
  help?: Label | null;
  default?: unknown;
  min?: number | string | null;
  max?: number | string | null;
  length_min?: number | null;
  length_max?: number | null;
  places?: number | null;
  compute?: "date_in_words" | "fee_copies" | "money_in_words" | "total" | null;
  of?: string[] | null;
  options?: Option[] | string | null;
  policy?: "ask" | "computed" | "latest" | "office" | null;
  sensitive?: boolean;
  print?: boolean;
  autocomplete?: string | null;
  audio?: string | null;
}

/** One fault of a refused ``submit``: an empty required field or a broken rule. */
export interface FieldError {
  path: string;
  code: string;
  rule?: string | null;
  detail?: string | null;
}

/** One version of a procedure's form. */
export interface Form {
  procedure: string;
  version: number;
  title: Label;
  sections: Section[];
  effective_from?: string | null;
  effective_to?: string | null;
  source?: string | null;
  verified?: boolean;
  rules?: Rule[];
  slots?: Slot[];
  moves?: Moves | null;
}

/** A dossier that left the reader's scope: ``moved``, ``revoked`` or ``purged``. */
export interface Gone {
  id: string;
  why: string;
}

/** A text in Vietnamese and perhaps in English. */
export interface Label {
  vi: string;
  en?: string | null;
}

/** How a draft of an earlier version comes over. */
export interface Moves {
  from: number;
  rename?: Record<string, string>;
  drop?: string[];
}

/** Say something about the dossier. */
export interface Note {
  type: "note";
  text: string;
  visible?: "all" | "office";
  id: string;
  dossier: string;
  at: number | string;
  form?: string | null;
  was?: "applied" | "conflict" | "held" | "refused" | null;
}

/** A right of an officer in a unit. */
export interface OfficerRole {
  unit: string;
  role: string;
}

/** For whom an officer takes in a dossier, and how the person's identity was seen. */
export interface OnBehalf {
  name: string;
  citizen_id?: string | null;
  phone?: string | null;
  relation: "authorised" | "family" | "other" | "self";
  seen: "card" | "known" | "witness";
  seen_note?: string | null;
  consent: Consent;
}

/** What became of one op, as things stand at the end of the request. */
export interface OpResult {
  id: string | null;
  outcome: "applied" | "conflict" | "held" | "refused";
  rev?: number | null;
  reason?: "form-unknown" | "healing" | "late" | "right-lost" | "stale-state" | "waiting" | null;
  problem?: Problem | null;
  paths?: string[] | null;
  overridden?: string[] | null;
  code?: string | null;
  proof?: string | null;
  officer_reason?: string | null;
  again?: boolean;
  secret?: string | null;
}

/** One answer of a choice. ``code`` is its official code, where a shared list has one. */
export interface Option {
  value: string;
  label: Label;
  code?: string | null;
}

/** Write values, naming for each path the ops whose values its author had in front of them. */
export interface Patch {
  type: "patch";
  set: Record<string, unknown>;
  saw?: Record<string, string[]>;
  reason?: string | null;
  id: string;
  dossier: string;
  at: number | string;
  form?: string | null;
  was?: "applied" | "conflict" | "held" | "refused" | null;
}

/** A problem document; ``path`` and ``errors`` are set for problems of an op only. */
export interface Problem {
  type: string;
  title?: string;
  status?: number | null;
  detail?: string | null;
  path?: string | null;
  errors?: FieldError[] | null;
}

/** How many rows a section may have. */
export interface Rows {
  min?: number;
  max?: number | null;
}

/** Something that must hold between answers; broken, it is shown at the first of ``fields``. */
export interface Rule {
  id: string;
  check: Condition;
  level: "error" | "warn";
  message: Label;
  fields?: string[];
}

/** Questions of one topic; with ``rows`` they are asked once for each row. */
export interface Section {
  key: string;
  title: Label;
  fields: Field[];
  when?: Condition | null;
  help?: Label | null;
  rows?: Rows | null;
}

/** ``POST /accounts/password``; ``old`` is the present password, where there is one. */
export interface SetPassword {
  password: string;
  old?: string | null;
}

/** ``POST /dang-nhap`` to a program: the account, and a session's token, which the phone keeps sealed. */
export interface SignedIn {
  person: string;
  name: string;
  user: string;
  status: string;
  roles?: OfficerRole[];
  password?: boolean;
  token: string;
  expires: number;
}

/** A paper of which photographs or files are wanted. */
export interface Slot {
  key: string;
  title: Label;
  required?: boolean | Condition;
  help?: Label | null;
  kinds?: ("image" | "pdf")[];
  pages_max?: number;
  bytes_max?: number;
}

/** First and last line of a snapshot. */
export interface SnapshotMark {
  cursor: string;
  epoch: string;
}

/** Hand the dossier to the office. ``code`` and ``proof`` are there only when sent again (§4, epochs). */
export interface Submit {
  type: "submit";
  expect: Expect;
  after?: string[];
  code?: string | null;
  proof?: string | null;
  id: string;
  dossier: string;
  at: number | string;
  form?: string | null;
  was?: "applied" | "conflict" | "held" | "refused" | null;
}

/** The answer to a push, a pull, or both. */
export interface SyncAnswer {
  server_time: number;
  epoch: string;
  results?: OpResult[];
  outcomes?: OpResult[];
  dossiers?: WireDossier[];
  gone?: Gone[];
  cursor?: string | null;
  more?: boolean;
  retry_after?: number;
}

/** A push, a pull, or both. ``ops`` stay raw, so that a bad one fails alone. */
export interface SyncRequest {
  v: number;
  person?: string | null;
  device?: string | null;
  app?: string | null;
  cursor?: string | null;
  limit?: number;
  ops?: unknown[];
  stats?: DeviceStats | null;
}

/** A file of a dossier; ``received`` counts bytes, ``why`` says what is wrong with a ``bad`` one. */
export interface WireAttachment {
  op: string;
  slot: string;
  sha256: string;
  bytes: number;
  page: number;
  status: string;
  received?: number;
  media?: string | null;
  name?: string | null;
  role?: string | null;
  why?: string | null;
}

/** A path (or a row) whose siblings a person must choose from. */
export interface WireConflict {
  path: string;
  level: string;
  siblings: WireSibling[];
}

/** A dossier as one reader sees it: whole, or what changed since their cursor. */
export interface WireDossier {
  id: string;
  rev: number;
  state: string;
  form: string;
  unit: string;
  procedure: string;
  whole?: boolean;
  code?: string | null;
  due?: string | null;
  channel?: string | null;
  by?: string[];
  office?: number[];
  cells?: Record<string, ([unknown, number | null])[]>;
  attachments?: WireAttachment[] | null;
  held?: WireHeld[] | null;
  notes?: WireNote[] | null;
  steps?: WireStep[] | null;
  trace?: WireTrace[] | null;
  conflicts?: WireConflict[] | null;
  secret?: string | null;
}

/** An op that the office looks at; not yet in the dossier. */
export interface WireHeld {
  op: string;
  reason: string;
  role: string;
  at?: number | null;
}

/** One thing asked for in a supplement request. */
export interface WireItem {
  text: string;
  path?: string | null;
  slot?: string | null;
}

/** A note that its reader may see. ``paths`` are the fields it gives the reason of: an officer wrote them. */
export interface WireNote {
  op: string;
  text: string;
  at: number;
  role: string;
  name: string;
  visible?: string;
  paths?: string[] | null;
}

/** One of several values of a path in conflict. */
export interface WireSibling {
  op: string;
  value: unknown;
  role: string;
  name: string;
  at: number;
}

/** One step of the dossier's life. */
export interface WireStep {
  op: string;
  command: string;
  state: string;
  at: number;
  unit: string;
  reason?: string | null;
  until?: string | null;
  items?: WireItem[] | null;
  role?: string | null;
  args?: Record<string, unknown> | null;
}

/** One day of a due date's reckoning. */
export interface WireTrace {
  date: string;
  counted: boolean;
  why?: string | null;
}

/** Ask for the dossier back; it stops when the office agrees. */
export interface Withdraw {
  type: "withdraw";
  expect: Expect;
  after?: string[];
  reason?: string | null;
  id: string;
  dossier: string;
  at: number | string;
  form?: string | null;
  was?: "applied" | "conflict" | "held" | "refused" | null;
}

export type Op = Create | Patch | Attach | Detach | Submit | Withdraw | Command | Accept | Decline | Note;
