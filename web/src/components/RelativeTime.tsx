import { useEffect, useState } from "react";
import { fullTime, timeAgo } from "./format";

/** A point in time in words, with the exact time as its title; "Never", or another word, without one. */
export function RelativeTime({ at, none = "Never" }: { at: string | undefined; none?: string }) {
  const now = useNow();
  if (!at) return <span className="roster-muted">{none}</span>;
  const time = new Date(at);
  return (
    <time dateTime={at} title={fullTime(time)}>
      {timeAgo(time, now)}
    </time>
  );
}

function useNow(): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 15_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
