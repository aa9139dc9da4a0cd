import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "@playwright/test";
import { expectAccessible, screenshot, watch } from "./checks";
import { loggedIn, open, send, setUpOwner, startRoster, type Roster } from "./roster";

/* Receivers of security events: a real application on this machine is called, and one polls. */

let roster: Roster;
let cookie = "";
let application: Server;
let address = "";
/** What the application answers, and what it was sent. */
let answer: { status: number; body: string };
const tokens: string[] = [];
const bearers: (string | undefined)[] = [];

test.beforeAll(async () => {
  roster = await startRoster("--egress-allow", "127.0.0.0/8", "--egress-http");
  cookie = await setUpOwner(roster);
  application = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => (text += chunk));
    request.on("end", () => {
      tokens.push(text);
      bearers.push(request.headers.authorization);
      response.writeHead(answer.status, { "Content-Type": "application/json" }).end(answer.body);
    });
  }).listen(0, "127.0.0.1");
  await once(application, "listening");
  address = `http://127.0.0.1:${(application.address() as AddressInfo).port}/events`;
});
test.afterAll(async () => {
  application?.close();
  await roster?.stop();
});

const makeUser = async (name: string) => {
  const made = await send("POST", `${roster.url}/api/v1/users`, { Cookie: cookie }, { user_name: name });
  expect(made.status).toBe(201);
};

test("a receiver that is called: refused, delivered, failing, deleted", async ({ browser }) => {
  const context = await browser.newContext();
  const page = await loggedIn(context, roster, cookie);
  const wrong = watch(page, roster.url);
  await open(page, roster, "/");
  await page.getByRole("link", { name: "Event receivers" }).click();
  await expect(page.getByRole("heading", { name: "No receivers yet" })).toBeVisible();
  await page.getByRole("button", { name: "Create receiver" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByLabel("Name")).toBeFocused();
  await dialog.getByRole("button", { name: "Create receiver" }).click();
  await expect(dialog.getByText("Give the receiver a name.")).toBeVisible();
  await expect(dialog.getByText("Give the address that is to be called.")).toBeVisible();
  await dialog.getByLabel("Name").fill("CRM");
  await dialog.getByLabel("URL").fill(`${roster.url}/events`);
  await dialog.getByLabel(/^Bearer token/).fill("hush");
  await dialog.getByRole("button", { name: "Create receiver" }).click();
  await expect(dialog.getByText(/must not be this directory itself/)).toBeVisible();
  await dialog.getByLabel("URL").fill(address);
  await dialog.getByLabel("Payload").selectOption("full");
  await dialog.getByLabel("Reactivated").uncheck();
  await expectAccessible(page, "create receiver");
  await screenshot(page, "receiver-create");
  await dialog.getByRole("button", { name: "Create receiver" }).click();
  await expect(page.getByRole("heading", { name: "CRM", exact: true })).toBeVisible();
  await expect(page.getByText("Nothing has been delivered yet.")).toBeVisible();
  await expect(page.getByText("Added to the directory, Created, Changed, Deactivated, Deleted")).toBeVisible();

  // The application blames a token: it is passed over, and listed.
  answer = { status: 400, body: JSON.stringify({ err: "invalid_request", description: "no such tenant" }) };
  await makeUser("ada@corp.example");
  await expect(page.getByRole("cell", { name: "no such tenant" })).toBeVisible();
  await expect(page.getByRole("cell", { name: "invalid_request" })).toBeVisible();
  expect(bearers[0]).toBe("Bearer hush");

  // It takes the next one.
  answer = { status: 202, body: "" };
  await makeUser("grace@corp.example");
  await expect(page.getByText("Healthy")).toBeVisible();
  const payload = JSON.parse(Buffer.from(tokens.at(-1)?.split(".")[1] ?? "", "base64url").toString());
  expect(JSON.stringify(payload.events)).toContain("grace@corp.example");
  await expectAccessible(page, "receiver");
  await screenshot(page, "receiver");

  // It breaks: the page says why, and what waits.
  answer = { status: 503, body: "" };
  await makeUser("lin@corp.example");
  await expect(page.getByText("Failing")).toBeVisible();
  await expect(page.getByText(/The last attempt failed: .*503/)).toBeVisible();
  await expect(page.getByText("Next attempt")).toBeVisible();

  // Repaired and enabled again, it is tried at once.
  await page.getByRole("button", { name: "Disable" }).click();
  await expect(page.getByText("Nothing is delivered until it is enabled; the events wait.")).toBeVisible();
  answer = { status: 202, body: "" };
  await page.getByRole("button", { name: "Enable" }).click();
  await expect(page.getByText("Events are delivered.")).toBeVisible();

  await page.getByRole("button", { name: "Edit" }).click();
  await expect(dialog.getByLabel("Reactivated")).not.toBeChecked();
  await dialog.getByLabel("Name").fill("CRM of sales");
  await dialog.getByLabel("Payload").selectOption("notice");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { name: "CRM of sales", exact: true })).toBeVisible();

  await page.getByRole("button", { name: "Delete" }).click();
  await expect(dialog.getByRole("button", { name: "Cancel" })).toBeFocused();
  await dialog.getByRole("button", { name: "Delete receiver" }).click();
  await expect(page).toHaveURL(/\/events\/receivers$/);
  await expect(page.getByRole("heading", { name: "No receivers yet" })).toBeVisible();
  expect(wrong).toEqual([]);
  await context.close();
});

test("a receiver that polls: its token is shown once, and can be rotated", async ({ browser }) => {
  const context = await browser.newContext();
  const page = await loggedIn(context, roster, cookie);
  await open(page, roster, "/events/receivers");
  await page.getByRole("button", { name: "Create receiver" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Warehouse");
  await dialog.getByRole("radio", { name: "Poll" }).check();
  await expect(dialog.getByLabel("URL")).toHaveCount(0);
  await dialog.getByLabel("Deliver the past too").check();
  await dialog.getByRole("button", { name: "Create receiver" }).click();
  const token = await dialog.getByLabel("Token", { exact: true }).inputValue();
  expect(token).toMatch(/^rsr_/);
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await expect(page.getByRole("heading", { name: "Warehouse", exact: true })).toBeVisible();
  const url = await page.getByLabel("Poll URL", { exact: true }).inputValue();
  const poll = (bearer: string) => send("POST", url, { Authorization: `Bearer ${bearer}` }, { returnImmediately: true });
  expect((await poll(token)).status).toBe(200);

  await page.getByRole("button", { name: "Rotate token" }).click();
  await dialog.getByRole("button", { name: "Rotate token" }).click();
  const next = dialog.getByLabel("Token", { exact: true });
  await expect(next).toHaveValue(/^rsr_/);
  const rotated = await next.inputValue();
  await dialog.getByRole("button", { name: "Close" }).last().click();
  expect((await fetch(url, { method: "POST", headers: { Authorization: `Bearer ${token}` } })).status).toBe(401);
  expect((await poll(rotated)).status).toBe(200);

  await page.getByRole("link", { name: "Event receivers" }).first().click();
  await expect(page.getByRole("link", { name: "Warehouse" })).toBeVisible();
  await expectAccessible(page, "receivers");
  await screenshot(page, "receivers");
  await context.close();
});
