// SPDX-License-Identifier: GPL-3.0-or-later
// Looks at a report as people do, in Chromium, and writes what it saw as JSON: page.mjs PAGE.html PLANTED.html OUT.json [SHOTS]
// It judges nothing: paper/tests/browser.bats does. PLANTED.html is the page with faults in it. SHOTS: where screenshots go.
import { chromium } from "playwright-core";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [page_, planted_, out, shots] = process.argv.slice(2);
const axe = readFileSync(createRequire(pathToFileURL(process.cwd() + "/")).resolve("axe-core/axe.min.js"), "utf8");
const WIDE = { width: 1200, height: 900 }, NARROW = { width: 380, height: 800 };
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"], timeout: 0 });
const seen = { complaints: [], requests: [] };

async function open(file, options) {
	const context = await browser.newContext({ viewport: WIDE, ...options });
	context.setDefaultTimeout(0); // a busy machine is no fault; who calls sets the limit
	const page = await context.newPage();
	page.on("console", (m) => seen.complaints.push(m.type() + ": " + m.text()));
	page.on("pageerror", (e) => seen.complaints.push("error: " + e.stack));
	page.on("request", (r) => seen.requests.push(r.url()));
	await page.goto(pathToFileURL(file).href);
	return page;
}

// How long a reader waits for the first chart, from the start of the page on: told, not judged.
async function first() {
	const page = await (await browser.newContext({ viewport: WIDE })).newPage();
	await page.addInitScript(() => new MutationObserver((_, observer) => {
		if (document.querySelector("#live svg.chart")) {
			globalThis.firstChart = performance.now();
			observer.disconnect();
		}
	}).observe(document, { childList: true, subtree: true }));
	await page.goto(pathToFileURL(page_).href);
	const ms = await page.evaluate(() => globalThis.firstChart);
	await page.context().close();
	return ms;
}

async function faults(page) {
	await page.evaluate(axe + ";0");
	const { violations, passes } = await page.evaluate(() => globalThis.axe.run());
	return { passes: passes.length, violations: violations.map((v) => ({ id: v.id, impact: v.impact, at: v.nodes.map((n) => n.html.slice(0, 160)) })) };
}

// Of each chart: what is in it, and which share of its pixels is not its background, counted by a canvas of another page.
async function pictures(page) {
	const counter = await (await browser.newContext()).newPage(), result = [];
	for (const svg of await page.$$("#live figure svg.chart, #live figure svg.map")) {
		const png = (await svg.screenshot()).toString("base64");
		const ink = await counter.evaluate(async (data) => {
			const image = await createImageBitmap(new Blob([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], { type: "image/png" }));
			const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
			context.drawImage(image, 0, 0);
			const p = context.getImageData(0, 0, image.width, image.height).data;
			let coloured = 0;
			for (let i = 0; i < p.length; i += 4)
				coloured += Math.max(p[i], p[i + 1], p[i + 2]) - Math.min(p[i], p[i + 1], p[i + 2]) > 40;
			return coloured / (p.length / 4);
		}, png);
		result.push({ ink, ...await svg.evaluate((s) => ({ section: s.closest("section").id, name: s.getAttribute("aria-label"),
			marks: s.querySelectorAll(".point, .part, rect.tile").length, bad: /NaN|undefined|Infinity/.test(s.outerHTML) })) });
	}
	return result;
}

const choose = (page, label, value) => page.locator("label", { hasText: label }).locator("select").selectOption(value);

// All tables behind charts, as text.
const tables = (page) => page.evaluate(() => [...document.querySelectorAll("#live figure details")].map((d) => {
	d.open = true;
	d.dispatchEvent(new Event("toggle"));
	return { section: d.closest("section").id, caption: d.querySelector("caption").textContent, rows: [...d.querySelectorAll("tr")].map((r) => [...r.cells].map((c) => c.textContent)) };
}));

async function look(name, options) {
	const page = await open(page_, options);
	const view = { pictures: await pictures(page), axe: await faults(page) };
	view.wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
	if (shots)
		await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
	await page.context().close();
	return view;
}

// By keyboard alone: from the top of the page to the controls, a choice, a chart's values.
async function keyboard() {
	const page = await open(page_), stops = [];
	for (let i = 0; i < 80; i++) {
		await page.keyboard.press("Tab");
		const at = await page.evaluate(() => {
			const e = document.activeElement;
			return { tag: e.tagName, type: e.type || "", cls: e.className, label: e.closest("label")?.textContent || e.getAttribute("aria-label") || e.textContent.slice(0, 40) };
		});
		stops.push(at);
		if (at.cls === "plot")
			break;
	}
	await page.keyboard.press("ArrowRight");
	await page.keyboard.press("ArrowRight");
	const read = await page.evaluate(() => document.activeElement.closest("figure").querySelector("output").textContent);
	await page.focus("#explore select");
	await page.keyboard.press("ArrowDown");
	const after = await page.evaluate(() => ({ focus: document.activeElement.tagName, value: document.activeElement.value,
		title: document.querySelector("#explore figcaption").textContent }));
	await page.focus(".controls input");
	const before = await page.locator("#explore .series").count();
	await page.keyboard.press("Space");
	const hidden = { before, after: await page.locator("#explore .series").count(), focus: await page.evaluate(() => document.activeElement.type) };
	await page.context().close();
	return { stops, read, after, hidden };
}

// Every choice that there is is made once, in each section.
async function everything() {
	const page = await open(page_);
	let n = 0;
	for (const label of ["Machine", "Workload", "Block size", "Depth", "Show", "Over", "Whole distribution of", "Compare", "Sweep", "Cost"])
		for (const list of await page.locator("label", { hasText: label }).locator("select").all())
			for (const value of await list.locator("option").evaluateAll((o) => o.map((e) => e.value))) {
				await list.selectOption(value);
				n++;
			}
	const bad = await page.evaluate(() => /NaN|undefined/.test(document.getElementById("live").innerHTML));
	await page.context().close();
	return { n, bad };
}

async function values() {
	const page = await open(page_), result = {};
	for (const metric of ["iops", "clat_mean_ns", "back_cpu_frac"]) {
		await choose(page, "Show", metric).catch(() => page.locator("#explore select").first().selectOption(metric));
		result[metric] = (await tables(page)).find((t) => t.section === "explore");
	}
	result.all = await tables(page);
	result.choice = await page.evaluate(() => [...document.querySelectorAll(".controls select")].map((s) => s.selectedOptions[0].textContent));
	await page.context().close();
	return result;
}

seen.first_ms = await first();
seen.light = await look("light", { colorScheme: "light" });
seen.dark = await look("dark", { colorScheme: "dark" });
seen.narrow = await look("narrow", { viewport: NARROW });
seen.keyboard = await keyboard();
seen.everything = await everything();
seen.values = await values();

const paper = await open(page_, { colorScheme: "dark" });
await paper.emulateMedia({ media: "print" });
seen.print = { controls: await paper.isVisible(".controls"), charts: await paper.locator("#live svg.chart").count(),
	background: await paper.evaluate(() => getComputedStyle(document.body).backgroundColor) };
seen.print.bytes = (await paper.pdf({ format: "A4", ...(shots ? { path: shots + "/print.pdf" } : {}) })).length;

const still = await open(page_, { javaScriptEnabled: false });
seen.still = { pictures: await still.locator("figure.still svg").count(), tables: await still.locator("table").count(), noscript: (await still.innerText("body")).includes("need the page's own script") };

// Faults that must be seen, or nothing of the above means anything; they are not complaints about the page.
const own = { complaints: [...seen.complaints], requests: [...seen.requests] };
const planted = await open(planted_);
seen.planted = { title: await planted.title(), axe: await faults(planted), complaints: seen.complaints.slice(own.complaints.length) };
Object.assign(seen, own);
await browser.close();
writeFileSync(out, JSON.stringify(seen));
