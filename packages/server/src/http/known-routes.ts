/**
 * Which methods a path takes, for OPTIONS and for saying 405 instead of 404.
 * Why beside the router: it finds a route for a method and a path, not the methods of a path.
 */

export class KnownRoutes {
  readonly #routes: { readonly pattern: RegExp; readonly methods: Set<string> }[] = []
  readonly #byPath = new Map<string, Set<string>>()

  /** @param path with parameters as `:name` */
  add(path: string, methods: readonly string[]): void {
    const known = this.#byPath.get(path) ?? new Set<string>()
    if (known.size === 0) {
      const pattern = path.replace(/[.+*?^$()|[\]\\]/g, '\\$&').replace(/:\w+/g, '[^/]+')
      this.#routes.push({ pattern: new RegExp(`^${pattern}$`), methods: known })
      this.#byPath.set(path, known)
    }
    for (const method of methods) known.add(method)
  }

  /** Sorted; empty when there is nothing at the path. */
  methodsOf(path: string): readonly string[] {
    const route = this.#routes.find(({ pattern }) => pattern.test(path))
    return route === undefined ? [] : ['OPTIONS', ...route.methods].sort()
  }
}
