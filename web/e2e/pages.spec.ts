import { expect, test } from "@playwright/test";
import { expectAccessible, screenshot, watch } from "./checks";
import { loggedIn, open, send, setUpOwner, startRoster, visit, type Roster } from "./roster";

let roster: Roster;
let cookie = "";
let user = "";
let group = "";
let receiver = "";

test.beforeAll(async () => {
  roster = await startRoster();
  cookie = await setUpOwner(roster);
  ({ user, group, receiver } = await seed());
});
test.afterAll(() => roster?.stop());

/** A source with people, a group, a refused request and an API key: every page has something to show. */
async function seed() {
  const api = { Cookie: cookie };
  const source = await send("POST", `${roster.url}/api/v1/sources`, api, { name: "Okta", slug: "okta", preset: "okta" });
  expect(source.status).toBe(201);
  await send("POST", `${roster.url}/api/v1/sources`, api, { name: "Contractors" });
  await send("POST", `${roster.url}/api/v1/api-keys`, api, { name: "intranet", role: "developer" });
  const scim = { Authorization: `Bearer ${source.body.token}` };
  const ids: string[] = [];
  for (const name of ["Ada Lovelace", "Grace Hopper", "Jürgen Groß"]) {
    const userName = `${name.split(" ")[0]?.toLowerCase()}@corp.example`;
    const created = await send("POST", `${source.body.base_url}/Users`, scim, {
      schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
      userName,
      displayName: name,
      active: name !== "Grace Hopper",
      emails: [{ value: userName, primary: true }],
    });
    expect(created.status).toBe(201);
    ids.push(created.body.id);
  }
  const refused = await send("POST", `${source.body.base_url}/Users`, scim, { userName: "ada@corp.example" });
  expect(refused.status).toBeGreaterThanOrEqual(400);
  const created = await send("POST", `${source.body.base_url}/Groups`, scim, {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"],
    displayName: "Engineering",
    members: ids.map((value) => ({ value })),
  });
  expect(created.status).toBe(201);
  const polling = await send("POST", `${roster.url}/api/v1/receivers`, api, { name: "Warehouse", kind: "poll" });
  return { user: ids[0] ?? "", group: created.body.id as string, receiver: polling.body.id as string };
}

/** Of what a theme or a width changes, only that is checked again: colours by the theme, sizes and what shows by the width. */
const looks = [
  [1280, "light", undefined],
  [1280, "dark", ["color-contrast"]],
  [390, "light", ["target-size", "scrollable-region-focusable", "button-name", "link-name", "label", "region"]],
  [320, "light", []],
] as const;

const pages = () => [
  "/",
  "/directory/users",
  "/directory/users?q=nobody",
  `/directory/users/${user}`,
  `/directory/users/${user}/scim`,
  `/directory/users/${user}/groups`,
  `/directory/users/${user}/requests`,
  "/directory/groups",
  `/directory/groups/${group}`,
  `/directory/groups/${group}/members`,
  "/directory/federation",
  "/directory/federation/new",
  "/directory/federation/new?step=name&preset=entra",
  "/directory/federation/new?step=connect&source=contractors",
  "/directory/federation/okta",
  "/directory/federation/okta/setup",
  "/directory/federation/okta/requests",
  "/directory/federation/okta/users",
  "/directory/federation/okta/groups",
  "/directory/federation/okta/changelog",
  "/directory/federation/okta/settings",
  "/directory/tokens",
  "/events/logs",
  "/events/feed",
  "/events/feed?sel=1",
  "/events/requests",
  "/events/requests?status=4xx",
  "/events/receivers",
  `/events/receivers/${receiver}`,
  "/system/administrators",
  "/system/api-keys",
  "/account",
  "/no/such/page",
];

test("every page is accessible, in light and dark, wide and narrow", async ({ browser }) => {
  test.setTimeout(600_000);
  const context = await browser.newContext();
  const page = await loggedIn(context, roster, cookie);
  const wrong = watch(page, roster.url);
  await open(page, roster, "/");
  for (const path of pages()) {
    await page.setViewportSize({ width: 1280, height: 900 });
    await visit(page, path);
    const name = path.replace(/[0-9a-f-]{36}|rcv_\w+/, "id").replace(/[^a-z0-9]+/gi, "-").replace(/^-|-$/g, "") || "overview";
    for (const [width, scheme, only] of looks) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme: scheme });
      await screenshot(page, `${name}-${width}-${scheme}`);
      await expectAccessible(page, `${path} (${scheme}, ${width} px)`, only);
    }
  }
  expect(wrong).toEqual([]);
  await context.close();
});

test("a refused request explains itself", async ({ browser }) => {
  const page = await loggedIn(await browser.newContext(), roster, cookie);
  await open(page, roster, "/directory/federation/okta/requests?status=4xx");
  await page.getByRole("button", { name: /POST/ }).first().click();
  await expect(page.getByRole("dialog").getByText("409", { exact: true })).toBeVisible();
  await expect(page.getByRole("dialog").getByText("uniqueness", { exact: true })).toBeVisible();
  await expect(page).toHaveURL(/sel=/);
  await expectAccessible(page, "request details");
  await screenshot(page, "request-details");
  await page.reload();
  await expect(page.getByRole("dialog")).toBeVisible();
});

test("search, filters and Back live in the URL", async ({ browser }) => {
  const page = await loggedIn(await browser.newContext(), roster, cookie);
  await open(page, roster, "/directory/users");
  await page.getByRole("textbox", { name: "Search users" }).fill("grace");
  await expect(page).toHaveURL(/q=grace/);
  await expect(page.getByRole("link", { name: "ada@corp.example" })).toBeHidden();
  await expect(page.getByRole("link", { name: "grace@corp.example" })).toBeVisible();
  await page.getByLabel("State").selectOption({ label: "Active" });
  await expect(page.getByRole("heading", { name: "Nothing matches" })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("link", { name: "grace@corp.example" })).toBeVisible();
});

test("settings: rename, disable, rotate, delete", async ({ browser }) => {
  const page = await loggedIn(await browser.newContext(), roster, cookie);
  await open(page, roster, "/directory/federation/contractors/settings");
  await page.getByLabel("Name").fill("Contractors of Acme");
  await page.getByLabel("Enabled").setChecked(false, { force: true });
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { name: "Contractors of Acme", exact: true })).toBeVisible();
  await expect(page.getByText("Disabled", { exact: true })).toBeVisible();

  await page.getByRole("button", { name: "Rotate token" }).click();
  await page.getByLabel("7 days").check();
  await page.getByRole("dialog").getByRole("button", { name: "Rotate token" }).click();
  await expect(page.getByRole("dialog").getByLabel("Token", { exact: true })).toHaveValue(/^rst_/);
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).last().click();

  await page.getByRole("button", { name: "Delete source" }).click();
  const dialog = page.getByRole("dialog");
  await expectAccessible(page, "delete dialog");
  await expect(dialog.getByRole("button", { name: "Delete source" })).toBeDisabled();
  await dialog.getByLabel("Type contractors to confirm").fill("contractors");
  await dialog.getByRole("button", { name: "Delete source" }).click();
  await expect(page).toHaveURL(/\/directory\/federation$/);
  await expect(page.getByRole("link", { name: "Contractors of Acme" })).toBeHidden();
});

test("a user and a group made by hand", async ({ browser }) => {
  const page = await loggedIn(await browser.newContext(), roster, cookie);
  await open(page, roster, "/directory/users");
  await page.getByRole("button", { name: "Create user" }).click();
  await page.getByRole("dialog").getByLabel("Username").fill("lin@corp.example");
  await page.getByRole("dialog").getByRole("button", { name: "Create user" }).click();
  await expect(page.getByRole("heading", { name: "lin@corp.example", exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByRole("dialog").getByLabel("Display name").fill("Lin Chen");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { name: "Lin Chen", exact: true })).toBeVisible();

  await page.getByRole("link", { name: "Groups", exact: true }).first().click();
  await page.getByRole("button", { name: "Create group" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("Works council");
  await page.getByRole("dialog").getByRole("button", { name: "Create group" }).click();
  await expect(page.getByText("No members")).toBeVisible();
  await page.getByRole("button", { name: "Add member" }).click();
  await page.getByRole("button", { name: "Add lin@corp.example" }).click();
  await expectAccessible(page, "add member");
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("link", { name: "Lin Chen" })).toBeVisible();
  await page.getByRole("button", { name: "Remove Lin Chen" }).click();
  await expect(page.getByText("No members")).toBeVisible();

  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete group" }).click();
  await expect(page).toHaveURL(/\/directory\/groups$/);
  await page.getByLabel("State").selectOption({ label: "Deleted, restorable" });
  await page.getByRole("link", { name: "Works council" }).click();
  await page.getByRole("button", { name: "Restore" }).click();
  await expect(page.getByRole("button", { name: "Edit" })).toBeVisible();
});

test("an API key is shown once", async ({ browser }) => {
  const page = await loggedIn(await browser.newContext(), roster, cookie);
  await open(page, roster, "/system/api-keys");
  await page.getByRole("button", { name: "Create API key" }).click();
  await page.getByLabel("Name").fill("reporting");
  await page.getByRole("dialog").getByRole("button", { name: "Create API key" }).click();
  const key = await page.getByRole("dialog").getByLabel("API key", { exact: true }).inputValue();
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).last().click();
  await expect(page.getByRole("cell", { name: "reporting", exact: true })).toBeVisible();
  await expect(page.getByText(key)).toHaveCount(0);
  const answer = await send("GET", `${roster.url}/api/v1/me`, { Authorization: `Bearer ${key}` });
  expect(answer.status).toBe(200);
  await page.getByRole("button", { name: "Delete reporting" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete API key" }).click();
  await expect(page.getByRole("cell", { name: "reporting", exact: true })).toBeHidden();
});

test("what a role may not do is shown, off, with the reason", async ({ browser }) => {
  const page = await loggedIn(await browser.newContext(), roster, cookie);
  await page.route("**/api/v1/me", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), role: "auditor" } });
  });
  await open(page, roster, "/directory/federation/okta");
  const copy = page.getByRole("button", { name: "Click to copy token" });
  await expect(copy).toHaveAttribute("aria-disabled", "true");
  await copy.hover();
  await expect(page.getByText("Your role may not see or rotate tokens.")).toBeVisible();
});

test("the theme is a choice that stays", async ({ browser }) => {
  const page = await loggedIn(await browser.newContext({ colorScheme: "light" }), roster, cookie);
  await open(page, roster, "/");
  await page.getByRole("button", { name: /^Theme/ }).click();
  await page.getByRole("menuitem", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveClass(/pf-v6-theme-dark/);
  await page.reload();
  await expect(page.locator("html")).toHaveClass(/pf-v6-theme-dark/);
});

test("the navigation is a drawer on a phone", async ({ browser }) => {
  const page = await loggedIn(await browser.newContext({ viewport: { width: 390, height: 800 } }), roster, cookie);
  await open(page, roster, "/");
  await page.getByRole("button", { name: "Show navigation" }).click();
  await expectAccessible(page, "open drawer");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Show navigation" })).toBeFocused();
  await page.getByRole("button", { name: "Show navigation" }).click();
  await page.getByRole("link", { name: "Users", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Users", exact: true })).toBeFocused();
  await expect(page.getByRole("button", { name: "Show navigation" })).toBeVisible();
});

test("an ended session leads to login and back", async ({ browser }) => {
  const context = await browser.newContext();
  const page = await loggedIn(context, roster, cookie);
  await open(page, roster, "/directory/users");
  await context.clearCookies();
  await page.getByRole("link", { name: "Groups", exact: true }).click();
  await expect(page).toHaveURL(/\/login\?next=%2Fadmin%2Fdirectory%2Fgroups/);
});
