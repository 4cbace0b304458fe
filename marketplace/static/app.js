// The one script: suggestions, and results replaced in place. Every page is whole without it.
"use strict";

const PAUSE = 220; // ms without a key
const SLOW = 400; // ms until that is said
const box = document.querySelector("form[role=search] input[type=search]");
const part = name => document.querySelector(`[data-swap="${name}"]`);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const mark = (element, marks) => Object.entries(marks).forEach(([name, value]) => element.setAttribute(name, value));
const underWay = {};

// The text at `url`; null when it is no longer wanted. Throws when there is no answer.
async function ask(purpose, url) {
	underWay[purpose]?.abort();
	const { signal } = (underWay[purpose] = new AbortController());
	try {
		const answer = await fetch(url, { signal });
		if (!answer.ok || answer.redirected) throw new Error(answer.status);
		return await answer.text();
	} catch (error) {
		if (signal.aborted) return null;
		throw error;
	}
}

// Results in place: what a search changes on a page bears data-swap.

const path = () => location.pathname + location.search;
const isHere = url => part("found") && url.origin === location.origin && url.pathname === location.pathname;
let shown = path();
let slow;

// `how`: "typed" (a pause in typing), "asked" (a link, a form) or "back" (in the history).
async function show(url, how) {
	clearTimeout(slow);
	slow = setTimeout(() => (part("said").textContent = "Đang tìm…"), SLOW);
	mark(part("found"), { "aria-busy": true });
	const from = new URL(url);
	if (how === "typed" && !box.value.endsWith(" ")) from.searchParams.set("go", "1"); // the last word may go on
	try {
		const text = await ask("results", from);
		if (!text) return;
		const page = new DOMParser().parseFromString(text, "text/html");
		const pairs = all("[data-swap]").map(old => [old, page.querySelector(`[data-swap="${old.dataset.swap}"]`)]);
		// Steps of typing are one entry of the history: "back" leads to the search before.
		const stays = url.pathname + url.search === shown || (how === "typed" && history.state?.typed);
		if (how !== "back") history[stays ? "replaceState" : "pushState"]({ typed: how === "typed" }, "", url);
		shown = path();
		document.title = page.title;
		pairs.forEach(swap);
		all("[type=hidden]", box.form).forEach(field => field.remove());
		box.form.append(...all("form[role=search] [type=hidden]", page));
		if (how !== "typed") box.value = last = page.querySelector("#q").value;
		tidy();
	} catch (error) {
		if (how === "asked") location.assign(url);
		else if (how === "back") location.reload();
		else part("said").textContent = "Chưa tìm được. Bấm Tìm để thử lại.";
	}
	clearTimeout(slow);
	mark(part("found"), { "aria-busy": false });
}

// What an element is known by when drawn anew: heading and words, without a count.
const keyOf = element =>
	element.id || ((element.closest("section") ?? element).querySelector("h3")?.textContent + element.textContent).replace(/[\d.:\s]+/g, " ");

// The focus stays on its link; where that is gone, or the page was turned, it goes to the heading.
function swap([old, fresh]) {
	const focused = old.contains(document.activeElement) && document.activeElement;
	const turned = focused && focused.closest(".pager");
	const open = all("details[open] > summary", old).map(keyOf);
	old.replaceChildren(...fresh.childNodes);
	all("details > summary", old).forEach(summary => (summary.parentNode.open ||= open.includes(keyOf(summary))));
	if (!focused) return;
	part("what").tabIndex = -1;
	const same = all("a, button, input, select, summary", old).find(element => keyOf(element) === keyOf(focused));
	((!turned && same) || part("what")).focus();
}

// A choice among the results counts at once: its button is not needed.
function tidy() {
	all("[data-swap] select").forEach(choice => all("button", choice.form).forEach(button => (button.hidden = true)));
}

function addressOf(form) {
	const url = new URL(form.action);
	url.search = new URLSearchParams([...new FormData(form)].filter(([, value]) => value.trim()));
	return url;
}

if (part("found")) {
	tidy();
	document.addEventListener("click", event => {
		const link = event.target.closest("main a[href]");
		if (!link || link.hash || !isHere(link)) return;
		if (event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
		event.preventDefault();
		quiet();
		show(new URL(link), "asked");
	});
	document.addEventListener("change", event => {
		if (event.target.matches("[data-swap] select")) event.target.form.requestSubmit();
	});
	document.addEventListener("submit", event => {
		if (event.target.method !== "get" || !isHere(new URL(event.target.action))) return;
		event.preventDefault();
		quiet();
		show(addressOf(event.target), "asked");
	});
	addEventListener("popstate", () => path() === shown || show(new URL(location), "back"));
}

// Suggestions: an editable combobox with a list and manual selection (WAI-ARIA APG).

const list = document.getElementById("goi-y");
let active = -1;
let timer;
let last = box?.value;

// What typing set going is no longer wanted.
function quiet() {
	clearTimeout(timer);
	underWay.suggestions?.abort();
	close();
}

function close() {
	list.hidden = true;
	list.nextElementSibling.textContent = "";
	mark(box, { "aria-expanded": false });
	point(-1);
}

function point(at) {
	all("[aria-selected=true]", list).forEach(option => mark(option, { "aria-selected": false }));
	const option = list.children[(active = at)];
	if (!option) return box.removeAttribute("aria-activedescendant");
	mark(option, { "aria-selected": true });
	option.scrollIntoView({ block: "nearest" });
	mark(box, { "aria-activedescendant": option.id });
}

async function suggest() {
	try {
		const answer = await ask("suggestions", box.dataset.suggest + encodeURIComponent(box.value));
		if (!answer) return;
		close();
		list.replaceChildren(...JSON.parse(answer).suggestions.map(drawn));
	} catch (error) {
		return close(); // one can search without them
	}
	if (!list.firstChild || document.activeElement !== box) return;
	list.hidden = false;
	mark(box, { "aria-expanded": true });
	list.nextElementSibling.textContent = `${list.children.length} gợi ý`;
}

// A product is searched for with the filters that are on.
function drawn({ kind, label, text, url }, at) {
	const option = document.createElement("li");
	mark(option, { id: `goi-y-${at}`, role: "option", "aria-selected": false });
	option.append(...[text, label].map(words => Object.assign(document.createElement("span"), { textContent: words })));
	option.onclick = () => {
		quiet();
		const to = new URL(url, location);
		if (kind === "product") {
			box.value = text;
			box.form.requestSubmit();
		} else if (isHere(to)) show(to, "asked");
		else location.assign(to);
	};
	return option;
}

function onKey(event) {
	const open = !list.hidden;
	const count = list.children.length;
	const { key } = event;
	const down = key === "ArrowDown";
	if (down || key === "ArrowUp") {
		event.preventDefault();
		if (!open) down && suggest();
		else if (event.altKey) down || close();
		else point(down ? (active + 1) % count : (active < 1 ? count : active) - 1);
	} else if (key === "Enter" && open && active >= 0) {
		event.preventDefault();
		list.children[active].click();
	} else if (key === "Escape" && open) {
		event.preventDefault(); // it would empty the box
		quiet();
	} else point(-1); // back in the text
}

function onPause() {
	if (box.value === last) return;
	last = box.value;
	suggest();
	if (isHere(new URL(box.form.action))) show(addressOf(box.form), "typed");
}

if (box) {
	list.onmousedown = event => event.preventDefault(); // the focus stays in the box
	mark(box, { role: "combobox", "aria-autocomplete": "list", "aria-expanded": false, "aria-controls": "goi-y" });
	box.onkeydown = onKey;
	box.onblur = close;
	box.form.addEventListener("submit", quiet);
	box.oninput = () => {
		clearTimeout(timer);
		timer = setTimeout(onPause, PAUSE);
	};
}
