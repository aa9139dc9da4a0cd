import { useLocation, useNavigate, useSearchParams } from "react-router";
import type { Query } from "../api/http";

export interface ListState {
  /** What goes to the server. */
  query: Query & { limit: number };
  q: string;
  filters: Record<string, string>;
  /** Whether a search or filter narrows the list. */
  narrowed: boolean;
  page: number;
  limit: number;
  set(name: string, value: string): void;
  clear(): void;
  first(): void;
  next(cursor: string): void;
  /** Absent on the first page, and on a page opened from a link, where the way back is unknown. */
  previous?: () => void;
}

export const pageSizes = [25, 50, 100];

/**
 * Keeps search, filters, page size and cursor in the URL, so that Back, reload and a copied link show the same list.
 * The cursors of the pages before stay with the history entry: the server's cursors only lead forward.
 */
export function useListState(filterNames: readonly string[]): ListState {
  const [params, setParams] = useSearchParams();
  const location = useLocation();
  const navigate = useNavigate();
  const trail = ((location.state as { trail?: string[] } | null)?.trail ?? []) as string[];
  const cursor = params.get("cursor") ?? "";
  const q = params.get("q") ?? "";
  const asked = Number(params.get("limit"));
  const limit = pageSizes.includes(asked) ? asked : 50;
  const filters = Object.fromEntries(filterNames.map((name) => [name, params.get(name) ?? ""]));

  const change = (edit: (next: URLSearchParams) => void, options: { replace?: boolean; state?: unknown } = {}) => {
    const next = new URLSearchParams(params);
    edit(next);
    setParams(next, options);
  };
  const put = (next: URLSearchParams, name: string, value: string) =>
    value ? next.set(name, value) : next.delete(name);

  return {
    query: { ...filters, q, limit, cursor },
    q,
    filters,
    narrowed: q !== "" || Object.values(filters).some((value) => value !== ""),
    page: cursor ? trail.length + 1 : 1,
    limit,
    set: (name, value) =>
      change(
        (next) => {
          put(next, name, value);
          next.delete("cursor");
        },
        { replace: name === "q" },
      ),
    clear: () => change((next) => ["q", "cursor", ...filterNames].forEach((name) => next.delete(name))),
    first: () => change((next) => next.delete("cursor")),
    next: (to) => change((next) => next.set("cursor", to), { state: { trail: [...trail, cursor] } }),
    previous: cursor && trail.length > 0 ? () => navigate(-1) : undefined,
  };
}
