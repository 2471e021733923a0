/** A QR code, drawn as one path: what a phone reads off paper. */
import encodeQR from "qr";

/** @param {string} text @returns {boolean[][]} dark modules, row by row, with the light edge of four that readers need */
export const modulesOf = (text) => encodeQR(text, "raw", { ecc: "medium", border: 4 });

/** @param {string} text @param {string} label what it is for whoever cannot see it */
export function qrView(text, label) {
  const modules = modulesOf(text);
  const space = "http://www.w3.org/2000/svg";
  const size = modules.length;
  const svg = document.createElementNS(space, "svg");
  const set = (/** @type {Element} */ element, /** @type {Record<string, any>} */ values) => Object.entries(values).forEach(([name, value]) => element.setAttribute(name, value));
  set(svg, { class: "qr", viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": label, "shape-rendering": "crispEdges" });
  const [ground, dark] = ["rect", "path"].map((name) => svg.appendChild(document.createElementNS(space, name)));
  set(ground, { width: size, height: size, fill: "#fff" });
  set(dark, { d: modules.flatMap((row, y) => row.map((is, x) => (is ? `M${x} ${y}h1v1h-1z` : ""))).join(""), fill: "#000" });
  return svg;
}
