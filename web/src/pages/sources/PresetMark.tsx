/** A preset's mark: its initial. Vendors' logos are their own, and nothing is fetched from elsewhere. */
export function PresetMark({ id, name }: { id: string; name: string }) {
  const initial = id === "generic" ? "S" : name.replace(/^Microsoft /, "").slice(0, 1);
  return (
    <span className={`roster-mark roster-mark-${id}`} aria-hidden="true">
      {initial}
    </span>
  );
}
