import { useQuery } from "@tanstack/react-query";
import { request, type Query } from "./http";
import type { AuditEntry, Event, List, Overview, ScimRequest, ScimRequestDetail } from "./types";

export const useOverview = () =>
  useQuery({
    queryKey: ["overview"],
    queryFn: ({ signal }) => request<Overview>("GET", "/overview", { signal }),
    refetchInterval: 10_000,
  });

export const useRequests = (query: Query) =>
  useQuery({
    queryKey: ["requests", query],
    queryFn: ({ signal }) => request<List<ScimRequest>>("GET", "/requests", { query, signal }),
    placeholderData: (before) => before,
    refetchInterval: 5_000,
  });

export const useScimRequest = (id: string) =>
  useQuery({
    queryKey: ["requests", id],
    queryFn: ({ signal }) => request<ScimRequestDetail>("GET", `/requests/${id}`, { signal }),
    enabled: id !== "",
    staleTime: Infinity,
  });

export const useAudit = (query: Query) =>
  useQuery({
    queryKey: ["audit", query],
    queryFn: ({ signal }) => request<List<AuditEntry>>("GET", "/audit", { query, signal }),
    placeholderData: (before) => before,
    refetchInterval: 15_000,
  });

export interface EventPage {
  items: Event[];
  last_seq: number;
}

export const useEvents = (query: { after?: number; limit: number; types?: string }) =>
  useQuery({
    queryKey: ["events", query],
    queryFn: ({ signal }) => request<EventPage>("GET", "/events", { query, signal }),
    placeholderData: (before) => before,
    refetchInterval: 5_000,
  });
