import { useNavigate, useSearchParams } from '@solidjs/router'
import type { Role } from '../api'

/** Where to go on: where somebody came from, else what the role is there for. */
export function useGoOn(): (role: Role) => void {
  const navigate = useNavigate()
  const [query] = useSearchParams<{ to?: string }>()
  return (role) => {
    // Only paths of this page: `//elsewhere.example` would lead away.
    const to = query.to?.match(/^\/(?!\/).*/)?.[0]
    navigate(to ?? (role === 'staff' ? '/board' : '/'), { replace: true })
  }
}
