interface Page<T> {
  items: T[]
  next_cursor: string | null
}

/** More pages than this are not read whole: 200 × 50 items. */
const PAGES_MAX = 50

/** All items of a short list, page by page. For long ones use `useInfiniteQuery`. */
export async function everyPage<T>(read: (cursor: string | null) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = []
  let cursor: string | null = null
  for (let page = 0; page < PAGES_MAX; page++) {
    const answer: Page<T> = await read(cursor)
    items.push(...answer.items)
    cursor = answer.next_cursor
    if (cursor === null) break
  }
  return items
}
