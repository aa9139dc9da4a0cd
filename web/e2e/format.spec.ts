import { expect, test } from "@playwright/test";
import { milliseconds, plural, sentence, slugify, timeAgo } from "../src/components/format";

test("slugify follows the server's rule", () => {
  expect(slugify("Microsoft Entra ID")).toBe("microsoft-entra-id");
  expect(slugify("  Groß & Söhne – Köln ")).toBe("gro-sohne-koln");
  expect(slugify("日本")).toBe("");
  expect(slugify("-a--b-")).toBe("a-b");
  expect(slugify("x".repeat(70))).toHaveLength(63);
});

test("times in words", () => {
  const now = new Date("2026-03-01T12:00:00Z");
  const at = (text: string) => timeAgo(new Date(text), now);
  expect(at("2026-03-01T11:59:58Z")).toBe("just now");
  expect(at("2026-03-01T11:59:20Z")).toBe("40 seconds ago");
  expect(at("2026-03-01T11:57:01Z")).toBe("2 minutes ago");
  expect(at("2026-02-28T12:00:00Z")).toBe("yesterday");
  expect(at("2026-03-03T12:00:00Z")).toBe("in 2 days");
});

test("numbers and words", () => {
  expect(plural(1, "user")).toBe("1 user");
  expect(plural(1204, "user")).toBe("1,204 users");
  expect(milliseconds(1234)).toBe("1.2 ms");
  expect(milliseconds(1_234_000)).toBe("1,234 ms");
  expect(sentence("group.member_added")).toBe("Group member added");
});
