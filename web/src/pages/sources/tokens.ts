import type { Token } from "../../api/shapes";

export type TokenState = "Valid" | "Expired" | "Revoked";

export function tokenState(token: Token, now = new Date()): TokenState {
  if (token.revoked_at) return "Revoked";
  return token.expires_at && new Date(token.expires_at) <= now ? "Expired" : "Valid";
}

/** The newest token that is accepted: the one that the copy button gives. */
export function usableToken(tokens: Token[]): Token | undefined {
  return tokens
    .filter((token) => tokenState(token) === "Valid")
    .sort((a, b) => b.created_at.localeCompare(a.created_at))[0];
}
