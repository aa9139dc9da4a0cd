import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ok } from "./http";
import type { components } from "./schema";

/* Receivers of security events (RFC 8417): pushed to (RFC 8935) or polling (RFC 8936). */

export const useReceivers = (query: { limit: number; cursor?: string }) =>
  useQuery({
    queryKey: ["receivers", query],
    queryFn: ({ signal }) => ok(api.GET("/api/v1/receivers", { params: { query }, signal })),
    placeholderData: (before) => before,
    refetchInterval: 5_000,
  });

export const useReceiver = (id: string) =>
  useQuery({
    queryKey: ["receivers", id],
    queryFn: ({ signal }) => ok(api.GET("/api/v1/receivers/{id}", { params: { path: { id } }, signal })),
    refetchInterval: 5_000,
  });

export function useCreateReceiver() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: components["schemas"]["ReceiverInputBody"]) => ok(api.POST("/api/v1/receivers", { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["receivers"] }),
  });
}

export function useChangeReceiver(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: components["schemas"]["ReceiverChangeBody"]) =>
      ok(api.PATCH("/api/v1/receivers/{id}", { params: { path: { id } }, body })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["receivers"] }),
  });
}

export function useDeleteReceiver(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => ok(api.DELETE("/api/v1/receivers/{id}", { params: { path: { id } } })),
    onSuccess: () => {
      client.removeQueries({ queryKey: ["receivers", id] });
      return client.invalidateQueries({ queryKey: ["receivers"] });
    },
  });
}

/** Ends the token of a poll receiver; the answer holds the new one, this once only. */
export function useRotateReceiverToken(id: string) {
  return useMutation({
    mutationFn: () => ok(api.POST("/api/v1/receivers/{id}/token/rotate", { params: { path: { id } } })),
  });
}
