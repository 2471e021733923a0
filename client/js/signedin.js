/** What "Cài đặt" has for who is signed in: password and devices. A part of its own, for few open it. */
import "./after.js"; // is there already: named so that the build cuts the scripts that come sooner as if this part were none

export { devicesPart } from "./devices.js";
export { passwordPart } from "./password.js";
