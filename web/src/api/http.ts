/** One value that the server refused, with where it stands (RFC 9457 `errors`). */
export interface FieldProblem {
  message: string;
  location?: string;
  value?: unknown;
}

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
    return this.problems.find((p) => p.location === `body.${name}` || p.location === name)?.message;
  }
}

export type Query = Record<string, string | number | undefined>;

interface Options {
  query?: Query;
  body?: unknown;
  signal?: AbortSignal;
}

/** Calls /api/v1 with the session's cookie. Without a session the browser leaves for the login page. */
export async function request<T>(method: string, path: string, options: Options = {}): Promise<T> {
  let response: Response;
  try {
    response = await fetch(apiAddress(path, options.query), {
      method,
      credentials: "same-origin",
      signal: options.signal,
      headers: options.body === undefined ? { Accept: "application/json" } : jsonHeaders,
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
    });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new ApiError(0, "Roster does not answer", "Check that the server runs and that this machine reaches it.");
  }
  if (response.status === 401) {
    leaveForLogin();
    throw new ApiError(401, "Logged out", "Your session has ended. Log in again.");
  }
  if (!response.ok) throw await problem(response);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

/** Goes to the login page, which comes back to where the person was. */
export function leaveForLogin(): void {
  const here = window.location.pathname + window.location.search;
  window.location.assign(`/login?next=${encodeURIComponent(here)}`);
}

const jsonHeaders = { Accept: "application/json", "Content-Type": "application/json" };

/** Where the API answers, for links that download. */
export function apiAddress(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return `/api/v1${path}${text ? `?${text}` : ""}`;
}

async function problem(response: Response): Promise<ApiError> {
  const fallback = `The server answered ${response.status}.`;
  try {
    const body = (await response.json()) as { title?: string; detail?: string; errors?: FieldProblem[] | null };
    return new ApiError(response.status, body.title ?? fallback, body.detail ?? "", body.errors ?? []);
  } catch {
    return new ApiError(response.status, fallback, "");
  }
}
