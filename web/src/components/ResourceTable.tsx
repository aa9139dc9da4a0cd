import { Skeleton } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import type { ReactNode } from "react";
import { LoadError, NoMatch } from "./EmptyState";
import { ListToolbar, type Filter } from "./ListToolbar";
import type { ListState } from "./listState";
import { Pager } from "./Pager";

export interface Column<T> {
  title: string;
  cell(row: T): ReactNode;
  /** Long text breaks anywhere, short text nowhere. */
  wrap?: "breakWord" | "nowrap" | "truncate";
  /** Share of the table's width, in per cent. */
  width?: 20 | 25 | 30 | 35 | 40;
  /** The title is for screen readers only, as over a column of buttons. */
  hiddenTitle?: boolean;
}

interface Answer<T> {
  data?: { items: T[] | null; total?: number; next_cursor?: string };
  error: unknown;
  refetch(): void;
}

interface Props<T> {
  /** Names the table and stands in sentences: "users", "requests". */
  what: string;
  answer: Answer<T>;
  columns: Column<T>[];
  rowKey(row: T): string;
  /** What stands there when there is nothing yet. */
  empty: ReactNode;
  list?: ListState;
  search?: string;
  filters?: Filter[];
  actions?: ReactNode;
}

/** Every list of the console: tool bar, rows, loading, emptiness, errors, pages. */
export function ResourceTable<T>(props: Props<T>) {
  const { what, answer, columns, rowKey, empty, list, search, filters, actions } = props;
  const rows = answer.data?.items ?? undefined;
  const nothing = answer.data !== undefined && !rows?.length;
  const virgin = nothing && !list?.narrowed && (list?.page ?? 1) === 1;
  let body: ReactNode;
  if (!answer.data && answer.error) {
    body = <LoadError error={answer.error} what={what} onRetry={() => answer.refetch()} />;
  } else if (nothing) {
    body = list && !virgin ? <NoMatch onClear={list.clear} /> : empty;
  } else {
    body = <Rows what={what} rows={rows} columns={columns} rowKey={rowKey} />;
  }
  return (
    <>
      {list && !virgin && (search || filters || actions) && (
        <ListToolbar list={list} search={search} filters={filters} actions={actions} />
      )}
      {body}
      {list && rows && rows.length > 0 && (
        <Pager list={list} what={what} total={answer.data?.total} shown={rows.length} next={answer.data?.next_cursor} />
      )}
    </>
  );
}

function Rows<T>({ what, rows, columns, rowKey }: Pick<Props<T>, "what" | "columns" | "rowKey"> & { rows?: T[] }) {
  return (
    <Table role="table" aria-label={what} variant="compact" gridBreakPoint="grid-md" aria-busy={!rows} className="roster-table">
      <Thead>
        <Tr>
          {columns.map((column) => (
            <Th key={column.title} modifier="nowrap" width={column.width} screenReaderText={column.hiddenTitle ? column.title : undefined}>
              {column.hiddenTitle ? undefined : column.title}
            </Th>
          ))}
        </Tr>
      </Thead>
      <Tbody>
        {rows
          ? rows.map((row) => (
              <Tr key={rowKey(row)}>
                {columns.map((column) => (
                  <Td key={column.title} dataLabel={column.title} modifier={column.wrap}>
                    {column.cell(row)}
                  </Td>
                ))}
              </Tr>
            ))
          : [1, 2, 3, 4, 5].map((n) => (
              <Tr key={n}>
                {columns.map((column) => (
                  <Td key={column.title} dataLabel={column.title}>
                    <Skeleton screenreaderText={n === 1 ? `Loading ${what}` : undefined} />
                  </Td>
                ))}
              </Tr>
            ))}
      </Tbody>
    </Table>
  );
}
