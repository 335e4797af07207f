import { UniqueConstraintViolationException, type EntityManager } from '@mikro-orm/postgresql'
import { AuditAction } from '../../audit/event.js'
import { checkedMoney } from '../../database/money.inputs.js'
import { requireVersion, type UnitOfWork, type WriteContext } from '../../database/unit-of-work.js'
import { BadUserInputError } from '../../graphql/errors.js'
import { assignGiven, InputChecks } from '../../graphql/input-checks.js'
import type { RowReach } from '../../graphql/loaders/reach.js'
import { Service } from './service.entity.js'
import type { CreateServiceInput, UpdateServiceInput } from './service.inputs.js'

const RANGES = { durationMinutes: [5, 480], bufferBeforeMinutes: [0, 120], bufferAfterMinutes: [0, 120] } as const

/** The clinic's price list. */
export class PriceListService {
  readonly #work: UnitOfWork
  readonly #reach: RowReach

  constructor(work: UnitOfWork, reach: RowReach) {
    this.#work = work
    this.#reach = reach
  }

  /** Adds a service. Returns the id. */
  async create(context: WriteContext, input: CreateServiceInput): Promise<string> {
    const data = checkedData(input)
    return this.#work.run(context, async ({ em, audit }) => {
      const service = new Service()
      assignGiven(service, data)
      em.persist(service)
      await writeCode(em)
      audit({ action: AuditAction.CREATE, entity: 'Service', entityId: service.id, sections: [] })
      return service.id
    })
  }

  /** Changes a service; what is booked already keeps what it was booked with (RULES A5). */
  async update(context: WriteContext, input: UpdateServiceInput): Promise<void> {
    const data = checkedData(input)
    await this.#work.run(context, async ({ em, audit }) => {
      await this.#reach.require(em, context.actor, Service, input.id)
      const service = await em.findOneOrFail(Service, { id: input.id })
      requireVersion(service, input.version)
      const sections = assignGiven(service, { ...data, active: input.active ?? undefined })
      await writeCode(em)
      audit({ action: AuditAction.UPDATE, entity: 'Service', entityId: service.id, sections })
    })
  }
}

function checkedData(input: CreateServiceInput | UpdateServiceInput) {
  const checks = new InputChecks()
  const isChange = 'id' in input
  const kept = ['code', 'name', 'durationMinutes', 'bufferBeforeMinutes', 'bufferAfterMinutes', 'price', 'onlineBookable', 'active'] as const
  if (isChange) for (const field of kept) checks.require(input[field] !== null, field, 'must not be empty')
  for (const [field, [least, most]] of Object.entries(RANGES) as [keyof typeof RANGES, readonly [number, number]][]) {
    const minutes = input[field]
    checks.require(minutes == null || (minutes >= least && minutes <= most), field, `must be between ${least} and ${most}`)
  }
  const data = {
    code: checks.optionalText('code', input.code, { most: 40 }) ?? undefined,
    name: checks.optionalText('name', input.name, { most: 200 }) ?? undefined,
    specialty: checks.optionalText('specialty', input.specialty, { most: 200 }),
    durationMinutes: input.durationMinutes ?? undefined,
    bufferBeforeMinutes: input.bufferBeforeMinutes ?? undefined,
    bufferAfterMinutes: input.bufferAfterMinutes ?? undefined,
    price: input.price == null ? undefined : checkedMoney(checks, 'price', input.price),
    onlineBookable: input.onlineBookable ?? undefined,
  }
  checks.done()
  return data
}

async function writeCode(em: EntityManager): Promise<void> {
  try {
    await em.flush()
  } catch (error) {
    if (error instanceof UniqueConstraintViolationException)
      throw new BadUserInputError([{ field: 'input.code', message: "is another service's" }])
    throw error
  }
}
