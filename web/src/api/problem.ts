/** One thing that is wrong with what was sent, as the server names it. */
export interface FieldFault {
  /** A JSON pointer into the body (`/lines/0/sku`) or a query parameter (`?limit`). */
  pointer: string
  /** Stable; texts for people are looked up by it. */
  code: string
  message: string
}

/** What the server answers when it refuses: RFC 9457 with a stable `code`. A lost connection is one too, as `network`. */
export class Problem extends Error {
  override name = 'Problem'

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly faults: readonly FieldFault[] = [],
    readonly body: Readonly<Record<string, unknown>> = {},
    /** How long the server asks to wait before the next try. */
    readonly retryAfterMs: number | null = null,
  ) {
    super(message)
  }

  /** Whether the same request, with the same key, may succeed in a moment. */
  get retryable(): boolean {
    return this.status === 0 || this.status === 503 || this.status === 429 || this.status === 502
  }

  /** Whether it is known that nothing was changed. What is not known must be asked again with the same key. */
  get refused(): boolean {
    return this.status >= 400 && this.status < 500 && this.status !== 429 && this.status !== 408
  }

  /** The faults by the name of the field in a form: `/lines/0/sku` is `lines.0.sku`. */
  get fields(): Record<string, string> {
    return Object.fromEntries(this.faults.map(fault => [fieldOf(fault.pointer), fault.message]))
  }

  static async of(response: Response): Promise<Problem> {
    const body: Record<string, unknown> = await response.json().catch(() => ({}))
    const code = typeof body.code === 'string' ? body.code : `http_${response.status}`
    const detail = typeof body.detail === 'string' ? body.detail : response.statusText
    const seconds = Number(response.headers.get('retry-after'))
    const wait = seconds > 0 ? seconds * 1000 : null
    return new Problem(response.status, code, detail, faultsOf(body.errors), body, wait)
  }

  static network(cause: unknown): Problem {
    return new Problem(0, 'network', cause instanceof Error ? cause.message : 'no answer')
  }
}

/** `/lines/0/sku` → `lines.0.sku`; `?limit` → `limit`. */
export function fieldOf(pointer: string): string {
  const parts = pointer.replace(/^[/?]/, '').split('/')
  return parts.map(part => part.replaceAll('~1', '/').replaceAll('~0', '~')).join('.')
}

function faultsOf(errors: unknown): FieldFault[] {
  if (!Array.isArray(errors)) return []
  return errors.filter(
    (fault): fault is FieldFault => typeof fault?.pointer === 'string' && typeof fault?.message === 'string',
  )
}

/** Whether the server has no such page, as one that is older than this app. */
export function isMissing(error: unknown): boolean {
  return error instanceof Problem && error.status === 404
}
