/** The product's mark and name. */
export function Brand() {
  return (
    <span className="roster-brand">
      <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
        <rect width="32" height="32" rx="8" fill="#0a5c5c" />
        <g fill="#fff">
          <circle cx="10" cy="10" r="3" />
          <rect x="15.5" y="8.5" width="9.5" height="3" rx="1.5" />
          <circle cx="10" cy="22" r="3" />
          <rect x="15.5" y="20.5" width="9.5" height="3" rx="1.5" />
          <rect x="7" y="14.5" width="18" height="3" rx="1.5" opacity=".55" />
        </g>
      </svg>
      Roster
    </span>
  );
}
