import { Link } from "react-router";
import { useSources } from "../api/sources";

/** A source by its name. What was made by hand belongs to the built-in source, which has no page. */
export function SourceLink({ slug }: { slug: string | undefined }) {
  const sources = useSources().data?.items;
  if (!slug) return <>–</>;
  if (slug === "built-in") return <>Built-in</>;
  const name = sources?.find((source) => source.slug === slug)?.name ?? slug;
  return <Link to={`/directory/federation/${slug}`}>{name}</Link>;
}
