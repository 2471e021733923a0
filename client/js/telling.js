/** What tells the system of codes for citizens, for a page: a part of its own, since only officers have any. */
import "./after.js"; // is there already: named so that the build cuts the scripts that come sooner as if this part were none

export { isDue, sendAccounts, sendCodes } from "./handover.js";
