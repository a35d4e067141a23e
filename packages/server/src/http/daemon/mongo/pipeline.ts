/**
 * Finding and aggregating as one SELECT of DQL. Stages that a SELECT can hold in the order in which it
 * carries them out go into one; any other stage is a SELECT from the one before.
 */

import { formatIdentifier, type Value, type ValueObject } from '@dendrodb/protocol'
import { fieldError } from '../../json-body.ts'
import { mongoStagesMax } from '../../limits.ts'
import { isDocument } from '../document.ts'
import { filterText, notSupported } from './filter.ts'
import { type Parameters, pathText } from './parameters.ts'

interface Select {
  /** Text behind FROM. */
  readonly source: string
  /** Records of this collection; `undefined`: rows of another SELECT. */
  readonly collection: string | undefined
  readonly where?: string
  readonly order?: string
  readonly skip?: number
  readonly limit?: number
}

export interface FindRequest {
  readonly filter: Value
  readonly projection: Value
  readonly sort: Value
  readonly skip: Value
  readonly limit: Value
}

/** Rows of a collection, with `_id`. */
export class Pipeline {
  readonly #parameters: Parameters
  #select: Select

  constructor(collection: string, parameters: Parameters) {
    this.#parameters = parameters
    this.#select = { source: formatIdentifier(collection), collection }
  }

  get text(): string {
    return textOf(this.#select)
  }

  /** @throws HTTP_FIELD_INVALID, HTTP_NOT_SUPPORTED */
  find({ filter, projection, sort, skip, limit }: FindRequest): string {
    if (filter !== undefined) this.#stage('$match', filter)
    if (sort !== undefined) this.#stage('$sort', sort)
    if (skip !== undefined) this.#stage('$skip', skip)
    // No limit is what 0 means there.
    if (limit !== undefined && limit !== 0) this.#stage('$limit', limit)
    if (projection !== undefined) this.#stage('$project', projection)
    return this.text
  }

  /** @throws HTTP_FIELD_INVALID, HTTP_NOT_SUPPORTED */
  aggregate(stages: Value): string {
    if (!Array.isArray(stages) || stages.length > mongoStagesMax) {
      throw fieldError('pipeline', `a list of at most ${mongoStagesMax} stages`, 'type')
    }
    for (const stage of stages as readonly Value[]) {
      const [entry, ...more] = isDocument(stage) ? Object.entries(stage) : []
      if (entry === undefined || more.length > 0) {
        throw fieldError('pipeline', 'objects with one stage each', 'type')
      }
      this.#stage(...entry)
    }
    return this.text
  }

  #stage(name: string, value: Value): void {
    switch (name) {
      case '$match':
        return this.#match(value)
      case '$sort':
        return this.#sort(value)
      case '$skip':
        if (this.#select.skip !== undefined || this.#select.limit !== undefined) this.#wrap()
        this.#select = { ...this.#select, skip: countOf(name, value) }
        return
      case '$limit':
        if (this.#select.limit !== undefined) this.#wrap()
        this.#select = { ...this.#select, limit: countOf(name, value) }
        return
      case '$project':
        return this.#project(value)
      case '$group':
        return this.#group(value)
      case '$count':
        return this.#count(value)
      case '$unwind':
        return this.#unwind(value)
      default:
        throw notSupported(name)
    }
  }

  #match(filter: Value): void {
    const { order, skip, limit } = this.#select
    if (order !== undefined || skip !== undefined || limit !== undefined) this.#wrap()
    const { collection, where } = this.#select
    const condition = filterText(filter, { collection, parameters: this.#parameters })
    if (condition === undefined) return
    this.#select = {
      ...this.#select,
      where: where === undefined ? condition : `(${where}) AND (${condition})`,
    }
  }

  #sort(sort: Value): void {
    if (!isDocument(sort)) throw fieldError('sort', 'an object of fields with 1 or -1', 'type')
    if (this.#select.skip !== undefined || this.#select.limit !== undefined) this.#wrap()
    const keys = Object.entries(sort).map(([path, direction]) => {
      if (direction !== 1 && direction !== -1)
        throw fieldError('sort', 'an object of fields with 1 or -1', 'type')
      const isOwnId = path === '_id' && this.#select.collection !== undefined
      return `${isOwnId ? 'id' : pathText(path, 'sort')} ${direction === 1 ? 'ASC' : 'DESC'}`
    })
    if (keys.length > 0) this.#select = { ...this.#select, order: keys.join(', ') }
  }

  #project(projection: Value): void {
    if (!isDocument(projection)) throw fieldError('projection', 'an object', 'type')
    const { _id: idShown, ...rest } = projection
    const fields = Object.entries(rest)
    const isWithId = idShown !== 0 && idShown !== false
    const isOmission =
      fields.length === 0 ? !isWithId : fields.every(([, shown]) => shown === 0 || shown === false)
    if (isOmission) {
      const omitted = fields.map(([path]) => pathText(path, 'projection'))
      if (!isWithId) omitted.push('_id')
      if (omitted.length > 0) this.#wrapAs(`SELECT * OMIT ${omitted.join(', ')} FROM (${this.text})`)
      return
    }
    const items = fields.map(([path, shown]) => {
      const name = pathText(path, 'projection')
      if (shown === 1 || shown === true) return path.includes('.') ? `${name} AS ${name}` : name
      if (shown === 0 || shown === false)
        throw fieldError('projection', 'either what is kept or what is left out', 'type')
      return `${this.#expression(shown)} AS ${name}`
    })
    if (isWithId)
      items.unshift(
        idShown === undefined || idShown === 1 || idShown === true
          ? '_id'
          : `${this.#expression(idShown)} AS _id`,
      )
    this.#wrapAs(`SELECT ${items.join(', ')} FROM (${this.text})`)
  }

  #group(group: Value): void {
    if (!isDocument(group) || !Object.hasOwn(group, '_id')) {
      throw fieldError('$group', 'an object with _id and accumulators', 'type')
    }
    const { _id: key, ...accumulators } = group
    const columns = Object.entries(accumulators).map(([name, value]) => {
      if (name.includes('.') || name.startsWith('$'))
        throw fieldError('$group', 'names without dots', 'format')
      return `${this.#accumulator(value)} AS ${formatIdentifier(name)}`
    })
    if (key === null || typeof key === 'number' || (typeof key === 'string' && !key.startsWith('$'))) {
      // A group over nothing is no group.
      const rows = `SELECT ${[...columns, 'count() AS `$rows`'].join(', ')} FROM (${this.text}) GROUP ALL`
      const constant = key === null ? 'NULL' : this.#parameters.add(key)
      this.#wrapAs(`SELECT *, ${constant} AS _id OMIT \`$rows\` FROM (${rows}) WHERE \`$rows\` > 0`)
      return
    }
    const items = [`${this.#groupKey(key)} AS _id`, ...columns]
    this.#wrapAs(`SELECT ${items.join(', ')} FROM (${this.text}) GROUP BY _id`)
  }

  #groupKey(key: Value): string {
    if (!isDocument(key)) return `${this.#expression(key)} ?? NULL`
    const parts = Object.entries(key).map(([name, value]) => {
      return `${formatIdentifier(name)}: ${this.#expression(value)} ?? NULL`
    })
    return `{ ${parts.join(', ')} }`
  }

  #accumulator(given: Value): string {
    const [entry, ...more] = isDocument(given) ? Object.entries(given) : []
    if (entry === undefined || more.length > 0) throw fieldError('$group', 'accumulators, one each', 'type')
    const [name, value] = entry
    if (name === '$count') return 'count()'
    if (name === '$sum' && typeof value === 'number') return `count() * ${this.#parameters.add(value)}`
    const path = this.#expression(value)
    // Of the numbers among the values; of none the sum is 0, everything else null.
    const numbers = `(type::is_number(${path}) ?: NONE) && ${path}`
    switch (name) {
      case '$sum':
        return `math::sum(${numbers})`
      case '$avg':
        return this.#numberOf('mean', numbers, path)
      case '$min':
      case '$max':
        return this.#numberOf(name.slice(1), numbers, path)
      case '$first':
        return `array::first(${path})`
      case '$last':
        return `array::last(${path})`
      case '$addToSet':
        return `array::distinct(${path})`
      default:
        throw notSupported(name)
    }
  }

  #numberOf(name: string, numbers: string, path: string): string {
    return `((count(type::is_number(${path})) > 0) ?: NULL) && math::${name}(${numbers})`
  }

  #count(name: Value): void {
    if (typeof name !== 'string' || name === '' || name.startsWith('$')) {
      throw fieldError('$count', 'the name of a field', 'type')
    }
    const field = formatIdentifier(name)
    const rows = `SELECT count() AS ${field} FROM (${this.text}) GROUP ALL`
    this.#wrapAs(`SELECT * FROM (${rows}) WHERE ${field} > 0`)
  }

  /** A row per element; rows without the field, or with an empty list, go, unless they are to stay. */
  #unwind(given: Value): void {
    const { path, preserveNullAndEmptyArrays: keeps } = isDocument(given)
      ? given
      : ({ path: given } as ValueObject)
    if (typeof path !== 'string' || !path.startsWith('$'))
      throw fieldError('$unwind', 'a path such as $tags', 'format')
    const field = pathText(path.slice(1), '$unwind')
    if (keeps === true) throw notSupported('preserveNullAndEmptyArrays')
    this.#wrapAs(`SELECT * FROM (${this.text}) WHERE ${field} NOT IN [NONE, NULL, []] SPLIT ${field}`)
  }

  /** `$path`, or a constant. */
  #expression(given: Value): string {
    if (typeof given === 'string' && given.startsWith('$')) return pathText(given.slice(1), 'expression')
    if (!isDocument(given)) return this.#parameters.add(given)
    const [entry, ...more] = Object.entries(given)
    if (entry?.[0] === '$literal' && more.length === 0) return this.#parameters.add(entry[1])
    throw notSupported(entry?.[0] ?? 'an expression')
  }

  #wrap(): void {
    this.#wrapAs(this.text)
  }

  #wrapAs(text: string): void {
    this.#select = { source: `(${text})`, collection: undefined }
  }
}

function textOf({ source, collection, where, order, skip, limit }: Select): string {
  const fields = collection === undefined ? '*' : '*, record::id(id) AS _id'
  return [
    `SELECT ${fields} FROM ${source}`,
    ...(where === undefined ? [] : [`WHERE ${where}`]),
    ...(order === undefined ? [] : [`ORDER BY ${order}`]),
    ...(limit === undefined ? [] : [`LIMIT ${limit}`]),
    ...(skip === undefined ? [] : [`START ${skip}`]),
  ].join(' ')
}

function countOf(field: string, value: Value): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw fieldError(field, 'an integer from 0 on', 'type')
}
