import { FormSelect, FormSelectOption, SearchInput, Toolbar, ToolbarContent, ToolbarItem } from "@patternfly/react-core";
import { useEffect, useState, type ReactNode } from "react";
import type { ListState } from "./listState";

export interface Filter {
  name: string;
  label: string;
  options: { value: string; text: string }[];
}

interface Props {
  list: ListState;
  /** Names the search field; without it the list has no search. */
  search?: string;
  filters?: Filter[];
  actions?: ReactNode;
}

export function ListToolbar({ list, search, filters = [], actions }: Props) {
  return (
    <Toolbar inset={{ default: "insetNone" }} className="roster-toolbar">
      <ToolbarContent>
        {search && (
          <ToolbarItem className="roster-search">
            <Search label={search} value={list.q} onChange={(value) => list.set("q", value)} />
          </ToolbarItem>
        )}
        {filters.map((filter) => (
          <ToolbarItem key={filter.name}>
            <FormSelect
              aria-label={filter.label}
              value={list.filters[filter.name]}
              onChange={(_, value) => list.set(filter.name, value)}
            >
              <FormSelectOption value="" label={`${filter.label}: all`} />
              {filter.options.map(({ value, text }) => (
                <FormSelectOption key={value} value={value} label={text} />
              ))}
            </FormSelect>
          </ToolbarItem>
        ))}
        {actions && <ToolbarItem align={{ default: "alignEnd" }}>{actions}</ToolbarItem>}
      </ToolbarContent>
    </Toolbar>
  );
}

/** Waits until the person pauses before it asks the server. */
function Search({ label, value, onChange }: { label: string; value: string; onChange(value: string): void }) {
  const [text, setText] = useState(value);
  const [sent, setSent] = useState(value);
  if (value !== sent) {
    // The URL changed by another way, such as Back or "Clear".
    setSent(value);
    setText(value);
  }
  useEffect(() => {
    if (text === sent) return;
    const timer = setTimeout(() => {
      setSent(text);
      onChange(text);
    }, 250);
    return () => clearTimeout(timer);
  });
  return (
    <SearchInput
      aria-label={label}
      placeholder={label}
      value={text}
      onChange={(_, next) => setText(next)}
      onClear={() => setText("")}
    />
  );
}
