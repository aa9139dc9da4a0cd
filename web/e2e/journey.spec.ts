import { expect, test } from "@playwright/test";
import { expectAccessible, screenshot, watch } from "./checks";
import { owner, send, startRoster, type Roster } from "./roster";

test.describe.configure({ mode: "serial" });

let roster: Roster;
test.beforeAll(async () => {
  roster = await startRoster();
});
test.afterAll(() => roster?.stop());

test("from the first start to a provisioned user, by what is on the screen", async ({ browser }) => {
  const context = await browser.newContext({ permissions: ["clipboard-read", "clipboard-write"] });
  const page = await context.newPage();
  const wrong = watch(page, roster.url);

  // The first administrator.
  await page.goto(roster.setupLink);
  await page.getByLabel("Username").fill(owner.username);
  await page.getByLabel("Password", { exact: true }).fill(owner.password);
  await page.getByLabel("Repeat password").fill(owner.password);
  await expectAccessible(page, "set-up");
  await page.getByRole("button", { name: "Create administrator" }).click();
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Connect an identity provider" })).toBeVisible();

  // Out, and in again to where one wanted to go.
  await page.getByRole("button", { name: /Account menu/ }).click();
  await page.getByRole("menuitem", { name: "Log out" }).click();
  await expect(page).toHaveURL(/\/login/);
  await page.goto(`${roster.url}/admin/directory/groups`);
  await expect(page).toHaveURL(/\/login\?next=/);
  await expectAccessible(page, "login");
  await page.getByLabel("Username").fill(owner.username);
  await page.getByLabel("Password").fill(owner.password);
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByRole("heading", { name: "Groups", exact: true })).toBeVisible();

  // Directory → Federation & Social login → Create → SCIM Source → name → Finish.
  await expect(page.getByRole("heading", { name: "Directory" })).toBeVisible();
  await page.getByRole("link", { name: "Federation & Social login" }).click();
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await expect(page.getByRole("heading", { name: "New source" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Select type" })).toBeVisible();
  await page.getByText("SCIM Source", { exact: true }).click();
  await page.getByRole("button", { name: "Next" }).click();
  await page.getByLabel("Name").fill("Acme Corp");
  await expect(page.getByLabel("Slug")).toHaveValue("acme-corp");
  await expect(page.getByText(`${roster.url}/source/scim/acme-corp/v2`)).toBeVisible();
  await page.getByRole("button", { name: "Next" }).click();
  await expect(page.getByRole("heading", { name: "Live checklist" })).toBeVisible();
  await expect(page.getByLabel("SCIM Base URL", { exact: true })).toHaveValue(`${roster.url}/source/scim/acme-corp/v2`);
  await screenshot(page, "wizard-connect");
  await page.getByRole("button", { name: "Finish" }).click();

  // The name in the list → SCIM Base URL and token.
  await page.getByRole("link", { name: "Acme Corp" }).click();
  const baseURL = await page.getByLabel("SCIM Base URL", { exact: true }).inputValue();
  expect(baseURL).toBe(`${roster.url}/source/scim/acme-corp/v2`);
  await page.getByRole("button", { name: "Copy SCIM Base URL" }).click();
  await expect(page.getByText("SCIM Base URL copied")).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(baseURL);
  await page.getByRole("button", { name: "Click to copy token" }).click();
  await expect(page.getByText("The token has been copied to your clipboard")).toBeVisible();
  const token = await page.evaluate(() => navigator.clipboard.readText());
  expect(token).toMatch(/^rst_/);

  // The identity provider sends a user; the open page notices.
  const scim = { Authorization: `Bearer ${token}`, "Content-Type": "application/scim+json" };
  const created = await send("POST", `${baseURL}/Users`, scim, {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
    userName: "ada@acme.example",
    externalId: "ext-1",
    displayName: "Ada Lovelace",
    active: true,
    emails: [{ value: "ada@acme.example", primary: true }],
  });
  expect(created.status).toBe(201);
  await expect(page.getByText("Done: First user")).toBeVisible();

  // It is in the tab, in the details and in the raw JSON.
  await page.getByRole("link", { name: "Provisioned Users" }).click();
  await page.getByRole("link", { name: "ada@acme.example" }).click();
  await expect(page.getByRole("heading", { name: "Ada Lovelace", exact: true })).toBeVisible();
  await page.getByRole("link", { name: "Raw SCIM" }).click();
  const json = page.getByRole("region", { name: "Raw SCIM JSON" });
  await expect(json).toContainText('"userName": "ada@acme.example"');
  await expect(json).toContainText(created.body.id);
  await page.getByRole("button", { name: "Copy Raw SCIM JSON" }).click();
  expect(JSON.parse(await page.evaluate(() => navigator.clipboard.readText())).externalId).toBe("ext-1");

  // Its request is on record.
  await page.getByRole("link", { name: "SCIM Requests" }).click();
  await page.getByRole("button", { name: /POST .*Users/ }).first().click();
  await expect(page.getByRole("dialog").getByText("201", { exact: true })).toBeVisible();
  await page.getByRole("tab", { name: "Request", exact: true }).click();
  await expect(page.getByRole("region", { name: "Request body" })).toContainText("Ada Lovelace");
  await page.getByRole("tab", { name: "Changes" }).click();
  await expect(page.getByRole("dialog").getByRole("heading", { name: "User created: ada@acme.example" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();

  // And so is the copying of the token.
  await page.getByRole("link", { name: "Logs", exact: true }).click();
  await expect(page.getByRole("cell", { name: "Token revealed" }).first()).toBeVisible();
  expect(wrong).toEqual([]);
  await context.close();
});

test("the wizard, by keyboard alone", async ({ browser }) => {
  const context = await browser.newContext({ permissions: ["clipboard-read", "clipboard-write"] });
  const page = await context.newPage();
  await page.goto(`${roster.url}/login?next=/admin/directory/federation`);
  await page.keyboard.type(owner.username);
  await page.keyboard.press("Tab");
  await page.keyboard.type(owner.password);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Federation & Social login" })).toBeVisible();

  const tabTo = async (name: string | RegExp) => {
    for (let presses = 0; presses < 100; presses++) {
      await page.keyboard.press("Tab");
      // Behind the last element nothing has the focus; a locator of it would wait for ever.
      const label = await page.evaluate(() => {
        const focused = document.activeElement as HTMLElement | null;
        return focused?.getAttribute("aria-label") ?? focused?.innerText ?? "";
      });
      if (typeof name === "string" ? label.trim() === name : name.test(label)) return;
    }
    throw new Error(`the Tab key does not reach ${name}`);
  };

  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator("#main")).toBeFocused();
  await tabTo("Create");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Select type" })).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Name")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByText("Give the source a name.")).toBeVisible();
  await page.keyboard.type("Acme Corp");
  await page.keyboard.press("Enter");
  // The slug of the first journey is taken; the field says so and has the focus.
  await expect(page.getByLabel("Slug")).toBeFocused();
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type("acme-keys");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Connect", exact: true })).toBeFocused();
  await tabTo("Click to copy token");
  await page.keyboard.press("Enter");
  await expect(page.getByText("The token has been copied to your clipboard")).toBeVisible();
  await tabTo("Finish");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("link", { name: "Acme Corp" })).toHaveCount(2);
  await context.close();
});

test("without clipboard permission, the token is shown, selected", async ({ browser }) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.addInitScript(() => {
    Object.defineProperty(navigator, "clipboard", { value: undefined });
  });
  await page.goto(`${roster.url}/login?next=/admin/directory/federation/acme-corp`);
  await page.getByLabel("Username").fill(owner.username);
  await page.getByLabel("Password").fill(owner.password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("button", { name: "Click to copy token" }).click();
  const shown = page.getByRole("dialog").getByLabel("Token", { exact: true });
  await expect(shown).toHaveValue(/^rst_/);
  await expect(shown).toBeFocused();
  const selected = await shown.evaluate((input: HTMLInputElement) => input.selectionEnd! - input.selectionStart!);
  expect(selected).toBe((await shown.inputValue()).length);
  await expectAccessible(page, "token dialog");
  await context.close();
});
