import { useQuery } from "@tanstack/react-query";
import { api, ok, type Query } from "./http";

export const useOverview = () =>
  useQuery({
    queryKey: ["overview"],
    queryFn: ({ signal }) => ok(api.GET("/api/v1/overview", { signal })),
    refetchInterval: 10_000,
  });

export const useRequests = (query: Query) =>
  useQuery({
    queryKey: ["requests", query],
    queryFn: ({ signal }) => ok(api.GET("/api/v1/requests", { params: { query }, signal })),
    placeholderData: (before) => before,
    refetchInterval: 5_000,
  });

export const useScimRequest = (id: string) =>
  useQuery({
    queryKey: ["requests", id],
    queryFn: ({ signal }) => ok(api.GET("/api/v1/requests/{id}", { params: { path: { id } }, signal })),
    enabled: id !== "",
    staleTime: Infinity,
  });

export const useAudit = (query: Query) =>
  useQuery({
    queryKey: ["audit", query],
    queryFn: ({ signal }) => ok(api.GET("/api/v1/audit", { params: { query }, signal })),
    placeholderData: (before) => before,
    refetchInterval: 15_000,
  });

export const useEvents = (query: { after?: number; limit: number }) =>
  useQuery({
    queryKey: ["events", query],
    queryFn: ({ signal }) => ok(api.GET("/api/v1/events", { params: { query }, signal })),
    placeholderData: (before) => before,
    refetchInterval: 5_000,
  });
