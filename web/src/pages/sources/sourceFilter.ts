import { useSources } from "../../api/sources";
import type { Filter } from "../../components/ListToolbar";

/** The filter of a list by source. */
export function useSourceFilter(): Filter {
  const sources = useSources().data?.items ?? [];
  return {
    name: "source",
    label: "Source",
    options: [...sources.map(({ slug, name }) => ({ value: slug, text: name })), { value: "built-in", text: "Built-in" }],
  };
}
