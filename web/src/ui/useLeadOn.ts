import { type UseNavigateResult, useNavigate } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'

/** Leads to where it goes on once something is written; not if people have gone elsewhere by then. */
export function useLeadOn(): UseNavigateResult<string> {
  const navigate = useNavigate()
  const shown = useRef(false)
  useEffect(() => {
    shown.current = true
    return () => {
      shown.current = false
    }
  }, [])
  return async options => {
    if (shown.current) await navigate(options)
  }
}
