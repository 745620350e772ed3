/** Who a verified token speaks for. */
export interface Principal {
  /** `sub`: names the customer whose orders these are, and the topic `user:{subject}`. */
  readonly subject: string
  readonly email: string | null
  /** Has the staff role, or a verified address in `ADMIN_EMAILS`. */
  readonly staff: boolean
  /** `iat`, seconds since the epoch; null for a token without one. A revocation hits older tokens. */
  readonly issuedAt: number | null
  /** `exp`, seconds since the epoch; null for a token without one. */
  readonly expiresAt: number | null
}

/** Resolves to who the token speaks for; rejects with an `AppError` (401) that says what is wrong. */
export type VerifyToken = (token: string) => Promise<Principal>
