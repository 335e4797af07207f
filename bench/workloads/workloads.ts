import { board } from './board.ts'
import { chart } from './chart.ts'
import { list } from './list.ts'
import { me } from './me.ts'
import type { Workload } from './workload.ts'

/** Everything that is asked under load, in the order of the report. */
export const WORKLOADS: readonly Workload[] = [chart, list, board, me]
