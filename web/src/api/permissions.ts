import { useMe } from "./admin";
import type { Role } from "./shapes";

/** One kind of act, in the words that complete "Your role may not …". */
export type Permission =
  | "read the audit trail"
  | "change sources"
  | "delete sources"
  | "see or rotate tokens"
  | "change users and groups"
  | "delete users and groups"
  | "manage API keys"
  | "manage event receivers"
  | "manage administrators";

const operator: Permission[] = ["read the audit trail", "change sources", "change users and groups"];
const administrator: Permission[] = [
  ...operator,
  "delete sources",
  "see or rotate tokens",
  "delete users and groups",
  "manage API keys",
  "manage event receivers",
];

/** Mirrors the server's table, which is what decides; here it only explains why a button is off. */
const grants: Record<Role, Permission[]> = {
  owner: [...administrator, "manage administrators"],
  administrator,
  operator,
  auditor: ["read the audit trail"],
  developer: ["manage API keys", "manage event receivers"],
};

/** Tells whether the person at the console may act; true until the role is known. */
export function useMay(permission: Permission | undefined): boolean {
  const role = useMe().data?.role;
  if (!role || !permission) return true;
  return grants[role].includes(permission);
}

export const roles: { role: Role; may: string }[] = [
  { role: "owner", may: "Everything, including managing administrators" },
  { role: "administrator", may: "Everything but managing administrators" },
  { role: "operator", may: "Work with sources and people; sees no token and deletes no source or person" },
  { role: "auditor", may: "Read everything, the audit log included" },
  { role: "developer", may: "Read people and events, and manage API keys and event receivers" },
];
