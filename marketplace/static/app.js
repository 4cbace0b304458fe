// The one script: suggestions, and results replaced in place. Every page is whole without it.
"use strict";

const PAUSE = 220; // ms without a key
const SLOW = 400; // ms until that is said
const box = document.querySelector("form[role=search] input[type=search]");
const part = (name, root = document) => root.querySelector(`[data-swap="${name}"]`);
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

// Results in place: what a search changes bears data-swap.

const isHere = url => part("found") && url.origin === location.origin && url.pathname === location.pathname;
let wanted = new URL(location); // asked for last, answered or not
let slow;

// `how`: "typed" (a pause in typing), "asked" (a link, a form) or "back" (in the history).
async function show(url, how, turned) {
	clearTimeout(slow);
	slow = setTimeout(() => (part("said").textContent = "Đang tìm…"), SLOW);
	mark(part("found"), { "aria-busy": true });
	const [at, words] = [location.search, last];
	wanted = url;
	try {
		const text = await ask("results", url);
		if (!text || location.search !== at) return;
		const page = new DOMParser().parseFromString(text, "text/html");
		const pairs = all("[data-swap]").map(old => [old, part(old.dataset.swap, page)]);
		// Typing is one entry of the history: "back" leads to the search before.
		const [before, now] = [location, url].map(({ search }) => search.replace(/&go=1$/, ""));
		const stays = before === now || (how === "typed" && history.state?.typed);
		if (how !== "back") history[stays ? "replaceState" : "pushState"]({ typed: how === "typed" }, "", url);
		document.title = page.title;
		pairs.forEach(swap);
		all("[type=hidden]", box.form).forEach(field => field.remove());
		box.form.append(...all("form[role=search] [type=hidden]", page));
		if (how !== "typed") {
			last = page.querySelector("#q").value;
			if (box.value === words) box.value = last; // else somebody went on typing
		}
		tidy();
		if (turned) part("what").focus();
	} catch {
		if (how === "asked") location.assign(url);
		else if (how === "back") location.reload();
		else part("said").textContent = "Chưa tìm được. Bấm Tìm để thử lại.";
	}
	clearTimeout(slow);
	mark(part("found"), { "aria-busy": false });
}

// What an element is known by when drawn anew.
const keyOf = ({ id, dataset, textContent }) => id || dataset.key || textContent;

// The focus stays on its link, else it goes to the heading.
function swap([old, fresh]) {
	const focused = old.contains(document.activeElement) && document.activeElement;
	const open = all("details[open] > summary", old).map(keyOf);
	old.replaceChildren(...fresh.childNodes);
	all("details > summary", old).forEach(summary => (summary.parentNode.open ||= open.includes(keyOf(summary))));
	if (!focused) return;
	const same = all("a, button, input, select, summary", old).find(element => keyOf(element) === keyOf(focused));
	(same ?? part("what")).focus();
}

// A choice among the results counts at once: its button is not needed.
const tidy = () => all("[data-swap] form button").forEach(button => (button.hidden = true));

const address = (base, pairs) =>
	Object.assign(new URL(base), { search: new URLSearchParams(pairs.filter(([, value]) => value.trim())) });

// Other words for what was asked for last; the last one may go on.
function typed() {
	const kept = [...wanted.searchParams].filter(([name]) => !/^(q|dung|go|trang)$/.test(name));
	return address(wanted, [["q", box.value], ...kept, ["go", /\S$/.test(box.value) ? "1" : ""]]);
}

if (part("found")) {
	tidy();
	part("what").tabIndex = -1;
	addEventListener("click", event => {
		const link = event.target.closest("main a[href]");
		if (!link || link.hash || !isHere(link) || event.ctrlKey || event.metaKey || event.shiftKey) return;
		event.preventDefault();
		close();
		show(new URL(link), "asked", link.closest(".pager")); // Safari focuses no link on tap
	});
	addEventListener("change", event => {
		if (event.target.matches("[data-swap] select")) event.target.form.requestSubmit();
	});
	addEventListener("submit", event => {
		const url = address(event.target.action, [...new FormData(event.target)]);
		if (!isHere(url)) return;
		event.preventDefault();
		show(url, "asked");
	});
	addEventListener("popstate", () => {
		quiet();
		if (location.search !== wanted.search) show(new URL(location), "back");
	});
}

// Suggestions: an editable combobox with a list and manual selection (WAI-ARIA APG).

const list = document.getElementById("goi-y");
let active = -1;
let timer;
let last = box?.value;

// What typing set going is no longer wanted.
function quiet() {
	clearTimeout(timer);
	last = box.value;
	close();
}

function close() {
	underWay.suggestions?.abort();
	list.hidden = true;
	list.nextElementSibling.textContent = "";
	mark(box, { "aria-expanded": false });
	point(-1);
}

function point(at) {
	all("li", list).forEach((option, place) => mark(option, { "aria-selected": place === at }));
	const option = list.children[(active = at)];
	if (!option) return box.removeAttribute("aria-activedescendant");
	option.scrollIntoView({ block: "nearest" });
	mark(box, { "aria-activedescendant": option.id });
}

async function suggest() {
	try {
		const answer = await ask("suggestions", box.dataset.suggest + encodeURIComponent(box.value));
		if (!answer) return;
		close();
		list.replaceChildren(...JSON.parse(answer).suggestions.map(drawn));
	} catch {
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
	const { key } = event;
	const { hidden, children } = list;
	const down = key === "ArrowDown";
	if (down || key === "ArrowUp") {
		event.preventDefault();
		if (hidden) down && suggest();
		else if (event.altKey) down || close();
		else point(down ? (active + 1) % children.length : (active < 1 ? children.length : active) - 1);
	} else if (key === "Enter" && children[active] && !hidden) {
		event.preventDefault();
		children[active].click();
	} else if (key === "Escape" && !hidden) {
		event.preventDefault(); // it would empty the box
		quiet();
	} else point(-1);
}

if (box) {
	list.onmousedown = event => event.preventDefault(); // the focus stays in the box
	mark(box, { role: "combobox", "aria-autocomplete": "list", "aria-expanded": false, "aria-controls": "goi-y" });
	box.onkeydown = onKey;
	box.onblur = close;
	box.form.addEventListener("submit", quiet);
	box.oninput = () => {
		clearTimeout(timer);
		timer = setTimeout(() => {
			if (box.value === last) return;
			last = box.value;
			suggest();
			if (isHere(new URL(box.form.action))) show(typed(), "typed");
		}, PAUSE);
	};
}
