import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const folder = join(import.meta.dirname, "screenshots");

/** Fails on whatever axe finds, or on what some of its rules find, and on content that is wider than the window. */
export async function expectAccessible(page: Page, name: string, only?: readonly string[]) {
  if (only?.length !== 0) {
    // The console has no frames: without them, axe needs no window of its own to put its report together.
    const axe = new AxeBuilder({ page }).setLegacyMode();
    // WCAG 2.2's target size is off by default.
    const rules = { "target-size": { enabled: true } };
    const { violations } = await (only ? axe.withRules([...only]) : axe.options({ rules })).analyze();
    const found = violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(" | ")}`);
    expect(found, `axe on ${name}`).toEqual([]);
  }
  const cut = await page.evaluate(() => {
    const wider = (e: Element) => e.scrollWidth > e.clientWidth + 1;
    // The window, and the scrolling part of the page: what it hides beyond its right edge is out of reach.
    return [document.documentElement, ...document.querySelectorAll("main, .pf-v6-c-page__main-section")]
      .filter(wider)
      .map((e) => `${e.tagName} ${e.className}`);
  });
  expect(cut, `${name} is wider than its place`).toEqual([]);
}

/** Takes a picture for people to look at, when SCREENSHOTS is set. */
export async function screenshot(page: Page, name: string) {
  if (!process.env.SCREENSHOTS) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: false });
}

/** Collects what must never happen: requests to another host, script errors, violations of the security policy. */
export function watch(page: Page, origin: string): string[] {
  const wrong: string[] = [];
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !url.startsWith("data:")) wrong.push(`request left the host: ${url}`);
  });
  page.on("pageerror", (error) => wrong.push(`script error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" && !/Failed to load resource/.test(message.text())) {
      wrong.push(`console: ${message.text()}`);
    }
  });
  return wrong;
}
