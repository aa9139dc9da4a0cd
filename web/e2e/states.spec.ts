import { expect, test } from "@playwright/test";
import { expectAccessible, screenshot } from "./checks";
import { loggedIn, open, owner, send, setUpOwner, startRoster, type Roster } from "./roster";

/* What a directory goes through: full lists, revoked tokens, used links, and a server that is gone. */

test.describe.configure({ mode: "serial" });

let roster: Roster;
let cookie = "";
const long = "Maximiliane-".repeat(18);

test.beforeAll(async () => {
  roster = await startRoster();
  cookie = await setUpOwner(roster);
  roster.run("source", "create", "Acme", "--slug", "acme", "--preset", "entra");
  roster.run("simulate", "entra", "--source", "acme", "--users", "60", "--groups", "2", "--url", roster.url);
});
test.afterAll(() => roster?.stop());

test("a long list is read page by page", async ({ browser }) => {
  const page = await loggedIn(await browser.newContext(), roster, cookie);
  await open(page, roster, "/directory/federation/acme/users?limit=25");
  const pages = page.getByRole("navigation", { name: "Pages of users" });
  await expect(pages.getByRole("status")).toHaveText("1–25 of 60 users");
  await expect(pages.getByRole("button", { name: "Previous page" })).toBeDisabled();
  await pages.getByRole("button", { name: "Next page" }).click();
  await expect(pages.getByRole("status")).toHaveText("26–50 of 60 users");
  await pages.getByRole("button", { name: "Next page" }).click();
  await expect(pages.getByRole("status")).toHaveText("51–60 of 60 users");
  await expect(pages.getByRole("button", { name: "Next page" })).toBeDisabled();
  await pages.getByRole("button", { name: "Previous page" }).click();
  await expect(pages.getByRole("status")).toHaveText("26–50 of 60 users");
  await page.reload();
  await expect(pages.getByRole("status")).toContainText("of 60 users");
  await pages.getByRole("button", { name: "First page" }).click();
  await expect(pages.getByRole("status")).toHaveText("1–25 of 60 users");

  await page.getByRole("link", { name: "Provisioned Groups" }).click();
  await page.getByRole("link", { name: "Engineering" }).click();
  await page.getByRole("link", { name: "Members" }).click();
  await expect(page.getByRole("table", { name: "members" }).getByRole("row").nth(1)).toBeVisible();
  await page.getByRole("link", { name: "Raw SCIM" }).click();
  await expect(page.getByRole("region", { name: "Raw SCIM JSON" })).toContainText('"displayName": "Engineering"');
});

test("names of any length and script stay in their place", async ({ browser }) => {
  const api = { Cookie: cookie };
  const made = await send("POST", `${roster.url}/api/v1/users`, api, { user_name: `${long}@corp.example`, display_name: long });
  expect(made.status).toBe(201);
  const rtl = await send("POST", `${roster.url}/api/v1/users`, api, { user_name: "rania@corp.example", display_name: "رانيا العبدالله 👩🏽‍🚀" });
  expect(rtl.status).toBe(201);
  roster.run("source", "create", `Contractors ${long}`.slice(0, 120), "--slug", "contractors");
  const page = await loggedIn(await browser.newContext(), roster, cookie);
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 900 });
    for (const path of ["/", `/directory/users/${made.body.id}`, "/directory/users?source=built-in", "/directory/tokens", "/events/feed", "/events/logs"]) {
      await open(page, roster, path);
      await expectAccessible(page, `${path} at ${width} px`, []);
    }
  }
  await open(page, roster, `/directory/users/${rtl.body.id}`);
  await expect(page.getByRole("heading", { name: "رانيا العبدالله 👩🏽‍🚀", exact: true })).toBeVisible();
});

test("a token is revoked; the focus goes back where it was", async ({ browser }) => {
  const page = await loggedIn(await browser.newContext(), roster, cookie);
  await open(page, roster, "/directory/tokens");
  const revoke = page.getByRole("button", { name: /^Revoke token of acme/ });
  await revoke.click();
  await expect(page.getByRole("dialog").getByRole("button", { name: "Cancel" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(revoke).toBeFocused();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByRole("button", { name: "Revoke token" }).click();
  await expect(page.getByText("Revoked", { exact: true })).toBeVisible();
});

test("the set-up link works once", async ({ page }) => {
  await page.goto(roster.setupLink);
  await expect(page.getByLabel("Repeat password")).toHaveCount(0);
  await page.goto(`${roster.url}/login`);
  await page.getByLabel("Username").fill(owner.username);
  await page.getByLabel("Password").fill("something else entirely");
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await expectAccessible(page, "refused login");
});

test("what is not there is said so, with a way on", async ({ browser }) => {
  const page = await loggedIn(await browser.newContext(), roster, cookie);
  await open(page, roster, "/directory/federation/nowhere");
  await expect(page.getByRole("heading", { name: "Not found" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Provisioned Users" })).toHaveCount(0);
  await open(page, roster, "/no/such/page");
  await page.getByRole("link", { name: "Go to the overview" }).click();
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
});

test("a server that is gone is said so; what was shown stays", async ({ browser }) => {
  const page = await loggedIn(await browser.newContext(), roster, cookie);
  await open(page, roster, "/directory/users");
  await page.getByRole("link", { name: "Groups", exact: true }).click();
  await expect(page.getByRole("link", { name: "Engineering" })).toBeVisible();
  await roster.stop();
  await page.getByRole("textbox", { name: "Search groups" }).fill("eng");
  await expect(page.getByText("Roster does not answer").first()).toBeVisible({ timeout: 30_000 });
  await page.getByRole("link", { name: "Logs", exact: true }).click();
  await expect(page.getByRole("heading", { name: "This page could not be shown" })).toBeVisible();
  await expect(page.getByText("The server does not answer, or has been updated")).toBeVisible();
  await screenshot(page, "server-gone");
});
