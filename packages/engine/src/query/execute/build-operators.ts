/**
 * The final plan as operators: one case per kind of node.
 * Stages above an aggregate see groups, and are compiled for that.
 */

import { assert } from '@dendrodb/protocol'
import type { Catalog } from '../../catalog/definitions.ts'
import { createGroupCompiler } from '../compile/compile-group.ts'
import type { Compiler } from '../compile/compiler.ts'
import type { AccessScope, RowGuard } from '../compile/eval-context.ts'
import { type PermissionNode, type PlanNode, seesGroups } from '../plan/plan-node.ts'
import type { Operator } from './operator.ts'
import { createAggregate } from './operators/aggregate.ts'
import { createBuffer } from './operators/buffer.ts'
import { createCount } from './operators/count.ts'
import { createFetch } from './operators/fetch.ts'
import { createFilter } from './operators/filter.ts'
import { createGetRecords } from './operators/get-records.ts'
import { createLimit } from './operators/limit.ts'
import { createMetadata } from './operators/metadata.ts'
import { createNothing } from './operators/nothing.ts'
import { createOmit } from './operators/omit.ts'
import { createPermission } from './operators/permission.ts'
import { createProject } from './operators/project.ts'
import { createScanIndex } from './operators/scan-index.ts'
import { createScanTable } from './operators/scan-table.ts'
import { createSearch } from './operators/search.ts'
import { createSort } from './operators/sort.ts'
import { createSplit } from './operators/split.ts'
import { createTopRows } from './operators/top-rows.ts'
import { createTrace } from './operators/trace.ts'
import { createTraverse } from './operators/traverse.ts'
import { createUnion } from './operators/union.ts'
import { createValues, type SourceBuilder } from './operators/values.ts'

export interface BuildOptions {
  readonly compiler: Compiler
  readonly catalog: Catalog
  readonly access: AccessScope
  readonly buildSource: SourceBuilder
  readonly isBuffered: boolean
}

export function buildOperators(plan: PlanNode, options: BuildOptions): Operator {
  return build(plan, options, createGroupCompiler(options.compiler))
}

function build(node: PlanNode, options: BuildOptions, groups: Compiler): Operator {
  const operator = buildNode(node, options, groups)
  return options.isBuffered && operator.inputs.length === 0 ? createBuffer(operator) : operator
}

function buildNode(node: PlanNode, options: BuildOptions, groups: Compiler): Operator {
  const compiler = seesGroups(node) ? groups : options.compiler
  const inputOf = (input: PlanNode) => build(input, options, groups)
  switch (node.kind) {
    case 'table':
    case 'scan_table':
      return createScanTable(node.kind === 'table' ? { ...node, kind: 'scan_table' } : node, compiler)
    case 'scan_index':
      return createScanIndex(node, compiler)
    case 'get_records':
      return createGetRecords(node, compiler)
    case 'values':
      return createValues(node, compiler, options.buildSource)
    case 'union':
      return createUnion(node, node.inputs.map(inputOf))
    case 'count':
      return createCount(node)
    case 'nothing':
      return createNothing(node)
    case 'permission':
      return createPermission(node, inputOf(node.input), guardOf(node, options))
    case 'filter':
      return createFilter(node, inputOf(node.input), compiler)
    case 'split':
      return createSplit(node, inputOf(node.input))
    case 'aggregate':
      return createAggregate(node, inputOf(node.input), options.compiler)
    case 'sort':
      return createSort(node, inputOf(node.input), compiler)
    case 'top_rows':
      return createTopRows(node, inputOf(node.input), compiler)
    case 'limit':
      return createLimit(node, inputOf(node.input), options.compiler)
    case 'project':
      return createProject(node, inputOf(node.input), compiler)
    case 'trace':
      return createTrace(node, inputOf(node.input), options.compiler)
    case 'search':
      return createSearch(node, inputOf(node.input))
    case 'traverse':
      return createTraverse(node, inputOf(node.input), options.compiler)
    case 'metadata':
      return createMetadata(node, inputOf(node.input))
    case 'omit':
      return createOmit(node, inputOf(node.input))
    case 'fetch':
      return createFetch(node, inputOf(node.input), options.compiler)
    default:
      return node satisfies never
  }
}

function guardOf({ table, action }: PermissionNode, { access, catalog }: BuildOptions): RowGuard {
  const guard = access.guard(catalog, table, action)
  assert(guard.type === 'where', 'a permission in a plan has a rule')
  return guard as RowGuard
}
