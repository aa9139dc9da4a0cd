/** The shapes of /api/v1. Times are RFC 3339 in UTC. */

export interface List<T> {
  items: T[];
  total?: number;
  next_cursor?: string;
}

export type Role = "owner" | "administrator" | "operator" | "auditor" | "developer";

export interface Me {
  id: string;
  username: string;
  display_name: string;
  role: Role;
}

export type HealthState = "waiting" | "verified" | "healthy" | "failing" | "paused";

export interface Token {
  id: string;
  label: string;
  last4: string;
  created_at: string;
  last_used_at?: string;
  expires_at?: string;
  revoked_at?: string;
}

export interface ScimToken extends Token {
  source: string;
  service_account: string;
}

/** The switches of a source; what is absent is off, or the first choice. */
export interface Policies {
  group_patch_body?: boolean;
  allow_duplicate_group_names?: boolean;
  strict_references?: boolean;
  put_keeps_members?: boolean;
  no_reactivation?: boolean;
  strict_unknown?: boolean;
  public_discovery?: boolean;
  delete?: "" | "deactivate" | "erase";
  request_bodies?: "" | "redacted" | "off";
}

export interface Source {
  id: string;
  name: string;
  slug: string;
  type: "scim" | "built-in";
  preset: string;
  enabled: boolean;
  paused?: boolean;
  base_url: string;
  service_account: { id: string; username: string };
  user_count: number;
  group_count: number;
  created_at: string;
  last_request_at?: string;
  last_write_at?: string;
  health: { state: HealthState; reason: string };
  policies: Policies;
  tokens: Token[];
}

export interface Step {
  id: "reached" | "token" | "discovery" | "first_user" | "first_group";
  done: boolean;
  at?: string;
}

export interface Preset {
  id: string;
  name: string;
  description: string;
  guide: { title: string; text: string }[];
}

export interface User {
  id: string;
  source: string;
  external_id?: string;
  user_name: string;
  display_name?: string;
  email?: string;
  active: boolean;
  state: string;
  created_at: string;
  updated_at: string;
}

export interface UserDetail extends User {
  groups: { id: string; display_name: string; type: "direct" | "indirect" }[] | null;
  scim: unknown;
}

export interface Group {
  id: string;
  source: string;
  external_id?: string;
  display_name: string;
  member_count: number;
  state: string;
  created_at: string;
  updated_at: string;
}

export interface Member {
  id: string;
  type: string;
  display?: string;
}

export interface GroupDetail extends Group {
  members: Member[] | null;
  scim: unknown;
}

export interface Change {
  path: string;
  before?: unknown;
  after?: unknown;
}

export interface Event {
  seq: number;
  id: string;
  type: string;
  occurred_at: string;
  source?: string;
  subject: { type: string; id: string; version?: number | string };
  data?: unknown;
  changes?: Change[] | null;
  cause?: { kind?: string; request_id?: string; actor?: string };
}

export interface ScimRequest {
  id: string;
  time: string;
  source?: string;
  method: string;
  path: string;
  query?: string;
  status: number;
  scim_type?: string;
  detail?: string;
  rule?: string;
  resource_type?: string;
  resource_id?: string;
  subject?: string;
  outcome?: string;
  duration_us: number;
  client?: string;
  client_ip?: string;
  /** Label of the token that was accepted. */
  token?: string;
  notes?: { code: string; message: string }[] | null;
}

export interface ScimRequestDetail extends ScimRequest {
  request_body?: unknown;
  response_body?: unknown;
  explanation?: { rule: string; title: string; cause: string; fix?: string[] | null };
}

export interface AuditEntry {
  seq: number;
  time: string;
  actor: { kind: string; id?: string; name?: string };
  action: string;
  source?: string;
  object: { type?: string; id?: string; name?: string };
  detail?: unknown;
  client_ip?: string;
  request_id?: string;
}

export interface Admin {
  id: string;
  username: string;
  display_name: string;
  role: Role;
  last_login_at?: string;
}

export interface ApiKey {
  id: string;
  name: string;
  role: Role;
  created_at?: string;
  last_used_at?: string;
  expires_at?: string;
}

export interface Overview {
  sources: { total: number; by_health: Partial<Record<HealthState, number>> };
  users: { active: number; total: number };
  groups: number;
  events_24h: number;
  recent: unknown[] | null;
}
