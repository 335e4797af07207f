import type { Doctor } from '../../../src/modules/doctors/doctor.entity.js'
import type { Location } from '../../../src/modules/locations/location.entity.js'
import type { Room } from '../../../src/modules/locations/room.entity.js'
import type { Patient } from '../../../src/modules/patients/patient.entity.js'
import type { Appointment } from '../../../src/modules/scheduling/appointment.entity.js'
import { AppointmentStatus } from '../../../src/modules/scheduling/appointment-status.js'
import type { Answer, TestServer } from '../../support/server.js'

export type Ask = (query: string, variables?: Record<string, unknown>) => Promise<Answer>

/** What tests read of an entry. */
export const ENTRY =
  'fragment E on QueueEntry { id version number day status priority arrivedAt calledAt startedAt endedAt position allowedTransitions patient { id } doctor { id } room { id } location { id } appointment { id status } }'

const MUTATIONS = {
  checkIn: `mutation ($input: CheckInInput!) { result: checkIn(input: $input) { __typename ...E ... on AlreadyInQueue { entry { ...E } } } } ${ENTRY}`,
  callNext: `mutation ($input: CallNextInput!) { result: callNext(input: $input) { __typename ...E ... on QueueEmpty { waitingForOthers } } } ${ENTRY}`,
  callQueueEntry: `mutation ($input: CallQueueEntryInput!) { result: callQueueEntry(input: $input) { ...E } } ${ENTRY}`,
  startService: `mutation ($input: QueueMoveInput!) { result: startService(input: $input) { ...E } } ${ENTRY}`,
  finishService: `mutation ($input: FinishServiceInput!) { result: finishService(input: $input) { ...E } } ${ENTRY}`,
  skipQueueEntry: `mutation ($input: QueueMoveInput!) { result: skipQueueEntry(input: $input) { ...E } } ${ENTRY}`,
  recallQueueEntry: `mutation ($input: QueueMoveInput!) { result: recallQueueEntry(input: $input) { ...E } } ${ENTRY}`,
  markLeft: `mutation ($input: QueueMoveInput!) { result: markLeft(input: $input) { ...E } } ${ENTRY}`,
  transferQueueEntry: `mutation ($input: TransferQueueEntryInput!) { result: transferQueueEntry(input: $input) { ...E } } ${ENTRY}`,
} as const

const UNDO = `mutation ($id: ID!, $version: Int!) { result: undoLastQueueMove(id: $id, version: $version) { ...E } } ${ENTRY}`

/** An entry as the client reads it. */
export type Entry = Record<string, any>

/** A location with a front desk, and somebody behind it. */
export class Desk {
  readonly server: TestServer
  readonly ask: Ask
  readonly location: Location
  readonly doctor: Doctor
  readonly room: Room

  private constructor(server: TestServer, ask: Ask, location: Location, doctor: Doctor, room: Room) {
    this.server = server
    this.ask = ask
    this.location = location
    this.doctor = doctor
    this.room = room
  }

  /** A location of its own, so that tests do not meet in one queue. */
  static async open(server: TestServer, ask: Ask): Promise<Desk> {
    const location = server.make.location()
    const desk = new Desk(server, ask, location, server.make.doctor(), server.make.room(location))
    await server.make.save()
    return desk
  }

  as(ask: Ask): Desk {
    return new Desk(this.server, ask, this.location, this.doctor, this.room)
  }

  /** An appointment of today; `minutes` from now. */
  async appointment(data: { patient?: Patient; doctor?: Doctor; room?: Room; status?: AppointmentStatus } = {}): Promise<Appointment> {
    const appointment = this.server.make.appointment({
      doctor: this.server.make.doctor(),
      location: this.location,
      startsAt: this.server.clock(),
      status: AppointmentStatus.BOOKED,
      ...data,
    })
    await this.server.make.save()
    return appointment
  }

  /** Runs a mutation of the queue. */
  run(name: keyof typeof MUTATIONS, input: Record<string, unknown>): Promise<Answer> {
    return this.ask(MUTATIONS[name], { input })
  }

  /** Runs one that must succeed, and gives what it answers. */
  async do(name: keyof typeof MUTATIONS, input: Record<string, unknown>): Promise<Entry> {
    return resultOf(await this.run(name, input))
  }

  undo(entry: Entry): Promise<Answer> {
    return this.ask(UNDO, { id: entry['id'], version: entry['version'] })
  }

  /** Somebody walks in. */
  async walkIn(more: Record<string, unknown> = {}): Promise<Entry> {
    const patient = this.server.make.patient()
    await this.server.make.save()
    return this.do('checkIn', { patientId: patient.id, locationId: this.location.id, ...more })
  }

  callNext(more: Record<string, unknown> = {}): Promise<Entry> {
    return this.do('callNext', { locationId: this.location.id, roomId: this.room.id, ...more })
  }

  /** Somebody walks in, is called and is being seen. */
  async inService(more: Record<string, unknown> = {}): Promise<Entry> {
    const entry = await this.walkIn(more)
    const called = await this.do('callQueueEntry', { ...lockOf(entry), roomId: this.room.id })
    return this.do('startService', lockOf(called))
  }

  /** An entry as it stands. */
  async read(id: string): Promise<Entry> {
    return resultOf(await this.ask(`query ($id: ID!) { result: queueEntry(id: $id) { ...E } } ${ENTRY}`, { id }))
  }

  /** The steps of an entry. */
  async history(id: string): Promise<string[]> {
    const { history } = resultOf(
      await this.ask('query ($id: ID!) { result: queueEntry(id: $id) { history { from to undo reason } } }', { id }),
    )
    return (history as Entry[]).map(
      ({ from, to, undo, reason }) => `${from ?? ''}→${to}${undo ? ' undo' : ''}${reason == null ? '' : ` ${reason}`}`,
    )
  }
}

/** What a mutation says of one row, for the next one. */
export const lockOf = ({ id, version }: Entry): { id: string; version: number } => ({ id, version })

/** The answer of an operation that must have succeeded. */
export function resultOf({ data, errors }: Answer): Entry {
  if (errors) throw new Error(JSON.stringify(errors))
  return data?.['result'] as Entry
}
