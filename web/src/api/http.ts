import createClient from "openapi-fetch";
import type { components, paths } from "./schema";

/** One value that the server refused, with where it stands (RFC 9457 `errors`). */
type FieldProblem = components["schemas"]["ErrorDetail"];

/** What the server answered instead of a result: an RFC 9457 problem. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly problems: FieldProblem[] = [],
  ) {
    super(detail || title);
    this.name = "ApiError";
  }

  /** The message for one member of the body that was sent, if the server named it. */
  field(name: string): string | undefined {
    return this.problems.find((p) => p.location === `body.${name}`)?.message;
  }
}

/** The parameters of a list as they stand in the URL of a page; the server checks them. */
export type Query = Record<string, string | number | undefined>;

/** The administrators' API, with the session's cookie. Calls go through {@link ok}. */
export const api = createClient<paths>({ querySerializer: (query) => search(query as Query), fetch: send });

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The result of a call, or an {@link ApiError}. Without a session the browser leaves for the login page. */
export async function ok<T>(call: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await call;
  if (response.status === 401) leaveForLogin();
  if (!response.ok) throw problem(response.status, error);
  return data as T;
}

/** Where the API answers, for links that download. */
export function apiAddress(path: string, query: Query): string {
  const text = search(query);
  return `/api/v1${path}${text ? `?${text}` : ""}`;
}

function search(query: Query): string {
  const out = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") out.set(name, String(value));
  }
  return out.toString();
}

async function send(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new ApiError(0, "Roster does not answer", "Check that the server runs and that this machine reaches it.");
  }
}

/** Goes to the login page, which comes back to where the person was. */
function leaveForLogin(): void {
  const here = window.location.pathname + window.location.search;
  window.location.assign(`/login?next=${encodeURIComponent(here)}`);
}

function problem(status: number, body: unknown): ApiError {
  const { title, detail, errors } = (typeof body === "object" && body ? body : {}) as Partial<
    components["schemas"]["ErrorModel"]
  >;
  return new ApiError(status, title ?? `The server answered ${status}.`, detail ?? "", errors ?? []);
}
