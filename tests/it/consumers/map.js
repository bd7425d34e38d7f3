// Opens a page of `portgen map --format html` in headless Chromium, uses it as people do, and prints what it found as JSON.
// Usage: node map.js CHROMIUM PAGE [FOLDER], where FOLDER gets screenshots.
"use strict";
const [chromium, page, folder] = process.argv.slice(-(process.argv.length - process.argv.indexOf("--") - 1));
const { chromium: browserType } = require("playwright-core");
const axe = require("fs").readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const address = require("url").pathToFileURL(page).href;

async function opened(browser, options, script) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const tab = await context.newPage();
  const found = { requests: [], complaints: [], dialogs: 0 };
  tab.on("request", (request) => { if (request.url() !== address) found.requests.push(request.url()); });
  tab.on("console", (message) => { if (["error", "warning"].includes(message.type())) found.complaints.push(message.text()); });
  tab.on("pageerror", (error) => found.complaints.push(String(error)));
  tab.on("dialog", (dialog) => { found.dialogs += 1; return dialog.dismiss(); });
  await tab.goto(address);
  const result = await script(tab, found);
  await context.close();
  return result;
}

async function used(tab, found) {
  const active = () => tab.evaluate(() => document.activeElement.getAttribute("href") || document.activeElement.id);
  const shown = () => tab.evaluate(() => [...document.querySelectorAll(".ports tbody tr")].filter((row) => row.checkVisibility()).length);
  const all = await shown();
  await tab.keyboard.press("Tab");
  const skip = await active();
  await tab.keyboard.press("/");
  const find = await active();
  const word = await tab.evaluate(() => document.querySelector(".ports tbody tr td").textContent);
  await tab.keyboard.type(word);
  const filtered = await shown(), said = await tab.textContent("output");
  await tab.keyboard.press("Escape");
  const cleared = await shown();
  const stops = await tab.evaluate(() => [...document.querySelectorAll(".grid, .chips")].map((box) => box.querySelectorAll("a:not([tabindex='-1'])").length));
  await tab.evaluate(() => [...document.querySelectorAll(".grid, .chips")].find((box) => box.querySelectorAll("a").length > 1).querySelector("a").focus());
  const first = await active();
  await tab.keyboard.press("ArrowRight");
  const second = await active();
  await tab.keyboard.press("ArrowLeft");
  const back = await active();
  await tab.keyboard.press("Enter");
  await tab.waitForFunction(() => document.activeElement.tagName === "TR");
  const row = await active();
  const timing = await tab.evaluate(() => {
    const paint = performance.getEntriesByName("first-contentful-paint")[0], load = performance.getEntriesByType("navigation")[0];
    return { paint: paint && paint.startTime, loaded: load.loadEventEnd };
  });
  return { ...found, all, skip, find, filtered, said, cleared, stops: Math.max(0, ...stops), keys: [first, second, back, row], timing };
}

async function without(tab) {
  return {
    form: await tab.locator("form").isVisible(),
    rows: await tab.locator(".ports tbody tr").count(),
    links: await tab.locator(".grid a, .chips a").count(),
    title: await tab.textContent("h1"),
  };
}

async function judged(tab, found) {
  await tab.addScriptTag({ content: axe });
  const result = await tab.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  const overflow = await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  return { violations: result.violations.map((one) => one.id + ": " + one.nodes.slice(0, 3).map((node) => node.html.slice(0, 120)).join(" | ")), overflow, ...found };
}

(async () => {
  const browser = await browserType.launch({ executablePath: chromium, args: ["--no-sandbox", "--disable-gpu"] });
  const report = { used: await opened(browser, {}, used), without: await opened(browser, { javaScriptEnabled: false }, without), judged: {} };
  for (const colorScheme of ["light", "dark"]) {
    for (const [name, width] of [["wide", 1280], ["narrow", 360]]) {
      const options = { colorScheme, viewport: { width, height: 900 } };
      report.judged[`${colorScheme}-${name}`] = await opened(browser, { ...options, bypassCSP: true }, judged);
      if (folder) await opened(browser, options, (tab) => tab.screenshot({ path: `${folder}/${colorScheme}-${name}.png` }));
    }
  }
  report.print = await opened(browser, {}, async (tab) => {
    await tab.emulateMedia({ media: "print" });
    if (folder) await tab.screenshot({ path: `${folder}/print.png` });
    return { form: await tab.locator("form").isVisible(), rows: await tab.locator(".ports tbody tr").count() };
  });
  await browser.close();
  console.log(JSON.stringify(report));
})().catch((error) => { console.error(error); process.exit(1); });
