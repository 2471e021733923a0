/** What tells the system of codes, for a page: a part of its own, since only officers and who claimed with one have any. */
import "./after.js"; // is there already: named so that the build cuts the scripts that come sooner as if this part were none

export { isDue, sendAccounts, sendCodes } from "./handover.js";
export { lostView } from "./lostclaims.js";
