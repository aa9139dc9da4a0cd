import { expect, test, type BrowserContext, type Page } from "@playwright/test";
import { expectAccessible, screenshot, watch } from "./checks";
import { send, setUpOwner, startRoster, type Roster } from "./roster";

let roster: Roster;
let session: { name: string; value: string };
let user = "";
let group = "";

test.beforeAll(async () => {
  roster = await startRoster();
  const cookie = await setUpOwner(roster);
  const [name = "", value = ""] = cookie.split(/=(.*)/s);
  session = { name, value };
  ({ user, group } = await seed(cookie));
});
test.afterAll(() => roster?.stop());

/** A source with people, a group, a refused request and an API key: every page has something to show. */
async function seed(cookie: string) {
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
  return { user: ids[0] ?? "", group: created.body.id as string };
}

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
  "/system/administrators",
  "/system/api-keys",
  "/account",
  "/no/such/page",
];

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1280, 390]) {
    test(`every page is accessible: ${colorScheme}, ${width} px`, async ({ browser }) => {
      test.setTimeout(300_000);
      const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } });
      await context.addCookies([{ ...session, url: roster.url }]);
      const page = await context.newPage();
      const wrong = watch(page, roster.url);
      for (const path of pages()) {
        await open(page, path);
        const name = `${path.replace(/[0-9a-f-]{36}/, "id").replace(/[^a-z0-9]+/gi, "-").replace(/^-|-$/g, "") || "overview"}`;
        await screenshot(page, `${name}-${width}-${colorScheme}`);
        await expectAccessible(page, `${path} (${colorScheme}, ${width} px)`);
      }
      expect(wrong).toEqual([]);
      await context.close();
    });
  }
}

test("a refused request explains itself", async ({ browser }) => {
  const page = await loggedIn(await browser.newContext());
  await open(page, "/directory/federation/okta/requests?status=4xx");
  await page.getByRole("button", { name: /POST/ }).first().click();
  await expect(page.getByRole("dialog").getByText("409")).toBeVisible();
  await expect(page.getByRole("dialog").getByText("uniqueness", { exact: true })).toBeVisible();
  await expect(page).toHaveURL(/sel=/);
  await expectAccessible(page, "request details");
  await screenshot(page, "request-details");
  await page.reload();
  await expect(page.getByRole("dialog")).toBeVisible();
});

test("search, filters and Back live in the URL", async ({ browser }) => {
  const page = await loggedIn(await browser.newContext());
  await open(page, "/directory/users");
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
  const page = await loggedIn(await browser.newContext());
  await open(page, "/directory/federation/contractors/settings");
  await page.getByLabel("Name").fill("Contractors of Acme");
  await page.getByLabel("Enabled").setChecked(false, { force: true });
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { name: "Contractors of Acme" })).toBeVisible();
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
  const page = await loggedIn(await browser.newContext());
  await open(page, "/directory/users");
  await page.getByRole("button", { name: "Create user" }).click();
  await page.getByRole("dialog").getByLabel("Username").fill("lin@corp.example");
  await page.getByRole("dialog").getByRole("button", { name: "Create user" }).click();
  await expect(page.getByRole("heading", { name: "lin@corp.example" })).toBeVisible();
  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByRole("dialog").getByLabel("Display name").fill("Lin Chen");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { name: "Lin Chen" })).toBeVisible();

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
  const page = await loggedIn(await browser.newContext());
  await open(page, "/system/api-keys");
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
  const page = await loggedIn(await browser.newContext());
  await page.route("**/api/v1/me", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), role: "auditor" } });
  });
  await open(page, "/directory/federation/okta");
  const copy = page.getByRole("button", { name: "Click to copy token" });
  await expect(copy).toHaveAttribute("aria-disabled", "true");
  await copy.hover();
  await expect(page.getByText("Your role may not see or rotate tokens.")).toBeVisible();
});

test("the theme is a choice that stays", async ({ browser }) => {
  const page = await loggedIn(await browser.newContext({ colorScheme: "light" }));
  await open(page, "/");
  await page.getByRole("button", { name: /^Theme/ }).click();
  await page.getByRole("menuitem", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveClass(/pf-v6-theme-dark/);
  await page.reload();
  await expect(page.locator("html")).toHaveClass(/pf-v6-theme-dark/);
});

test("the navigation is a drawer on a phone", async ({ browser }) => {
  const page = await loggedIn(await browser.newContext({ viewport: { width: 390, height: 800 } }));
  await open(page, "/");
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
  const page = await loggedIn(context);
  await open(page, "/directory/users");
  await context.clearCookies();
  await page.getByRole("link", { name: "Groups", exact: true }).click();
  await expect(page).toHaveURL(/\/login\?next=%2Fadmin%2Fdirectory%2Fgroups/);
});

async function loggedIn(context: BrowserContext): Promise<Page> {
  await context.addCookies([{ ...session, url: roster.url }]);
  return context.newPage();
}

/** Opens a page of the console and waits until nothing on it is loading. */
async function open(page: Page, path: string) {
  await page.goto(`${roster.url}/admin${path}`);
  await expect(page.locator("#main h1")).toBeVisible();
  await expect(page.getByText(/^Loading /)).toHaveCount(0);
  await expect(page.getByRole("progressbar", { name: /^Loading/ })).toHaveCount(0);
}
