import type { ScimRequest } from "../../api/shapes";

/** What was asked, in one line: method, path and query. */
export const requestLine = ({ method, path, query }: ScimRequest) => `${method} ${path}${query ? `?${query}` : ""}`;
