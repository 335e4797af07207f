import { can, open, orOwn, type AccessMap } from '../../access/rules.js'
import { ofOwnPatients, rowScope, scopeThrough } from '../../access/scope.js'
import { connectionAccess } from '../../graphql/module.js'
import { readsDirectory } from '../locations/location.access.js'
import { readsPatients } from '../patients/patient.access.js'
import { readsAppointments } from '../scheduling/appointment.access.js'
import { readsServices } from '../services/service.access.js'
import { WaitlistEntryChange } from './waitlist-entry-change.entity.js'
import { WaitlistEntry } from './waitlist-entry.entity.js'
import { WaitlistOffer } from './waitlist-offer.entity.js'

/** The waitlist belongs to those who book; the till and the analysts have no use for it. */
export const waitlistScope = rowScope(() => WaitlistEntry, {
  all: ['appointments.read'],
  restricted: [{ capability: 'appointments.read-own', where: ofOwnPatients('patient') }],
  owner: 'patient',
})

export const waitlistScopes = [
  waitlistScope,
  scopeThrough(() => WaitlistOffer, 'entry', waitlistScope),
  scopeThrough(() => WaitlistEntryChange, 'entry', waitlistScope),
]

const readsWaitlist = orOwn(can('appointments.read'), 'appointments.read-own')
/** Who may act for which patient is the service's question. */
const writesWaitlist = can('appointments.write', 'appointments.book-own')

export const waitlistAccess: AccessMap = {
  WaitlistEntry: {
    id: open,
    version: open,
    createdAt: open,
    specialty: open,
    earliest: open,
    latest: open,
    weekdays: open,
    fromTime: open,
    toTime: open,
    minutes: open,
    priority: open,
    status: open,
    waitingSince: open,
    allowedTransitions: open,
    patient: readsPatients,
    doctor: readsDirectory,
    service: readsServices,
    location: readsDirectory,
    offer: readsWaitlist,
    offers: readsWaitlist,
    history: can('appointments.read'),
  },
  WaitlistOffer: {
    id: open,
    createdAt: open,
    startsAt: open,
    endsAt: open,
    expiresAt: open,
    status: open,
    answeredAt: open,
    entry: readsWaitlist,
    doctor: readsDirectory,
    location: readsDirectory,
    room: readsDirectory,
    appointment: readsAppointments,
  },
  WaitlistEntryChange: { id: open, createdAt: open, from: open, to: open, at: open, byName: open, reason: open },
  WaitlistOfferEnded: { offer: open },
  ...connectionAccess('WaitlistEntry', readsWaitlist),
  Patient: { waitlistEntries: readsWaitlist },
  Doctor: { waitlist: readsWaitlist },
  Query: { waitlist: readsWaitlist, waitlistEntry: readsWaitlist },
  Mutation: {
    joinWaitlist: writesWaitlist,
    updateWaitlistEntry: writesWaitlist,
    leaveWaitlist: writesWaitlist,
    offerSlot: can('appointments.write'),
    acceptWaitlistOffer: writesWaitlist,
    declineWaitlistOffer: writesWaitlist,
  },
}
