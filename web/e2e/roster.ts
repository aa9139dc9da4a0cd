import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, type BrowserContext, type Page } from "@playwright/test";

export const owner = { username: "jane", password: "correct horse battery staple" };

/** A real Roster on a free port, with a data folder of its own. */
export interface Roster {
  url: string;
  /** Where its database and its key are. */
  dataDir: string;
  /** Runs a command of the same binary on the same data and returns what it printed. */
  run(...args: string[]): string;
  /** The one-time link of the first start. */
  setupLink: string;
  stop(): Promise<void>;
}

/** Starts the binary named by ROSTER_BIN, or builds one from the source tree; flags are of `roster serve`. */
export async function startRoster(...flags: string[]): Promise<Roster> {
  const folder = mkdtempSync(join(tmpdir(), "roster-e2e-"));
  const binary = process.env.ROSTER_BIN ?? build(folder);
  const dataDir = join(folder, "data");
  const child = spawn(binary, ["serve", "--data-dir", dataDir, "--listen", "127.0.0.1:0", ...flags], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  child.stderr.on("data", (chunk) => (log = (log + chunk).slice(-20_000)));
  const stop = async () => {
    await terminate(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const setupLink = await readSetupLink(child, () => log);
    const run = (...args: string[]) =>
      execFileSync(binary, [...args, "--data-dir", dataDir], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    return { url: new URL(setupLink).origin, dataDir, run, setupLink, stop };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

/** Makes the first administrator by the API and returns the session's cookie. */
export async function setUpOwner(roster: Roster): Promise<string> {
  const key = new URL(roster.setupLink).searchParams.get("k");
  const answer = await fetch(`${roster.url}/api/v1/setup`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ key, ...owner, display_name: "Jane Doe" }),
  });
  if (!answer.ok) throw new Error(`set up: ${answer.status} ${await answer.text()}`);
  const cookie = answer.headers.getSetCookie().find((line) => line.includes("roster_session="));
  if (!cookie) throw new Error("set up: no session cookie");
  return cookie.split(";")[0] ?? "";
}

/** A page of the browser that is logged in by such a cookie. */
export async function loggedIn(context: BrowserContext, roster: Roster, cookie: string): Promise<Page> {
  const [name = "", value = ""] = cookie.split(/=(.*)/s);
  await context.addCookies([{ name, value, url: roster.url }]);
  return context.newPage();
}

/** Opens a page of the console and waits until nothing on it is loading. */
export async function open(page: Page, roster: Roster, path: string) {
  await page.goto(`${roster.url}/admin${path}`);
  await settled(page);
}

/** Goes to another page of the console that is open, without loading the console again. */
export async function visit(page: Page, path: string) {
  await page.evaluate((address) => {
    window.history.pushState(null, "", address);
    window.dispatchEvent(new PopStateEvent("popstate"));
  }, `/admin${path}`);
  await settled(page);
}

/** Waits until nothing on the page is loading. */
export async function settled(page: Page) {
  await expect(page.locator("#main h1")).toBeVisible();
  await expect(page.getByText(/^Loading /)).toHaveCount(0);
  await expect(page.getByRole("progressbar", { name: /^Loading/ })).toHaveCount(0);
}

/** What a test asks of the API or of a SCIM endpoint, outside the browser. */
export async function send(method: string, url: string, headers: Record<string, string>, body?: unknown) {
  const answer = await fetch(url, {
    method,
    headers: { "Content-Type": "application/json", ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: answer.status, body: text ? JSON.parse(text) : undefined };
}

function build(folder: string): string {
  const binary = join(folder, "roster");
  execFileSync("go", ["build", "-o", binary, "./cmd/roster"], {
    cwd: join(import.meta.dirname, "..", ".."),
    stdio: "inherit",
  });
  return binary;
}

async function readSetupLink(child: ChildProcess, log: () => string): Promise<string> {
  if (!child.stdout) throw new Error("no output to read");
  for await (const line of createInterface({ input: child.stdout })) {
    const link = /https?:\/\/\S+\/setup\?k=\S+/.exec(line);
    if (link) {
      child.stdout.resume();
      return link[0];
    }
  }
  throw new Error(`roster ended without a set-up link:\n${log()}`);
}

async function terminate(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await ended;
  clearTimeout(timer);
}
