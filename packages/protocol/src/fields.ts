/**
 * Writing fields of objects whose names come from outside.
 * Why: assigning to `__proto__` would change the object's prototype instead of making a field.
 */

/** Sets an own property, whatever its name. */
export function setField<T>(object: Record<string, T>, field: string, value: T): void {
  if (field === '__proto__') {
    Object.defineProperty(object, field, { value, enumerable: true, configurable: true, writable: true })
  } else {
    object[field] = value
  }
}
