// SPDX-License-Identifier: GPL-3.0-or-later
// Puts the sections on the page and draws them.

function start() {
	const live = document.getElementById("live"), form = el("form", { class: "controls", "aria-label": "What the charts show" });
	form.addEventListener("submit", (e) => e.preventDefault());
	live.append(form);
	for (const c of charts) {
		c.body = el("div");
		live.append(el("section", { id: c.id }, el("h2", null, c.title), el("p", { class: "dim" }, c.words), c.body));
	}
	const draw = (c) => {
		const focus = [...c.body.querySelectorAll("select")].indexOf(document.activeElement);
		c.body.replaceChildren(...c.draw(() => draw(c)).filter(Boolean));
		const again = c.body.querySelectorAll("select")[focus];
		if (again)
			again.focus();
	};
	const redraw = () => charts.forEach(draw);
	choice.machine = MACHINES.reduce((best, m, i) => m.cells.length > MACHINES[best].cells.length ? i : best, 0);
	choice.setting = machine().settings[0].index;
	settle();
	controls(form, redraw);
	redraw();
	NARROW.addEventListener("change", () => {
		WIDTH = widthNow();
		redraw();
	});
	const headings = [...document.querySelectorAll("main section")];
	headings.forEach((s, i) => s.id || s.setAttribute("id", "section" + i));
	document.getElementById("nav").append(...headings.map((s) => el("a", { href: "#" + s.id }, s.querySelector("h2").firstChild.textContent.trim())));
	document.documentElement.classList.add("drawn");
}

start();
