import { Button, FormSelect, FormSelectOption } from "@patternfly/react-core";
import { AngleDoubleLeftIcon, AngleLeftIcon, AngleRightIcon } from "@patternfly/react-icons";
import { count } from "./format";
import { pageSizes, type ListState } from "./listState";

interface Props {
  list: ListState;
  what: string;
  total?: number;
  shown: number;
  next?: string;
}

/** Forward and back by cursors; there are no page numbers to jump to. */
export function Pager({ list, what, total, shown, next }: Props) {
  const alone = list.page === 1 && !list.query.cursor && !next;
  const from = (list.page - 1) * list.limit + 1;
  const range = `${count(from)}–${count(from + shown - 1)}${total === undefined ? "" : ` of ${count(total)}`}`;
  return (
    <nav className="roster-pager" aria-label={`Pages of ${what}`}>
      <span role="status">
        {range} {what}
      </span>
      {(!alone || shown > 25) && (
        <>
          <FormSelect
            aria-label="Rows on a page"
            value={list.limit}
            onChange={(_, value) => list.set("limit", value)}
            className="roster-page-size"
          >
            {pageSizes.map((size) => (
              <FormSelectOption key={size} value={size} label={`${size} on a page`} />
            ))}
          </FormSelect>
          <Button
            variant="plain"
            aria-label="First page"
            icon={<AngleDoubleLeftIcon />}
            isDisabled={!list.query.cursor}
            onClick={list.first}
          />
          <Button
            variant="plain"
            aria-label="Previous page"
            icon={<AngleLeftIcon />}
            isDisabled={!list.previous}
            onClick={list.previous}
          />
          <Button
            variant="plain"
            aria-label="Next page"
            icon={<AngleRightIcon />}
            isDisabled={!next}
            onClick={() => next && list.next(next)}
          />
        </>
      )}
    </nav>
  );
}
