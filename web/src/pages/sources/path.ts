/** The console's address of a source, or of one of its tabs. */
export const sourcePath = (slug: string, tab = "") => `/directory/federation/${slug}${tab ? `/${tab}` : ""}`;
