import type { Clock } from '../../clock.js'
import type { UnitOfWork } from '../../database/unit-of-work.js'
import type { RowReach } from '../../graphql/loaders/reach.js'
import type { DuplicateService } from '../patients/duplicate.service.js'
import { MergePreviewService } from './merge-preview.service.js'
import { MergeService } from './merge.service.js'
import { MergeProposalService } from './proposal.service.js'

/** The use cases of merging. */
export interface MergingServices {
  readonly previews: MergePreviewService
  readonly merges: MergeService
  readonly proposals: MergeProposalService
}

/** Puts merging together. */
export function makeMergingServices(
  work: UnitOfWork,
  reach: RowReach,
  duplicates: DuplicateService,
  clock: Clock,
  forgetAll: () => void,
): MergingServices {
  return {
    previews: new MergePreviewService(work, reach),
    merges: new MergeService(work, reach, clock, forgetAll),
    proposals: new MergeProposalService(work, reach, duplicates, clock),
  }
}
