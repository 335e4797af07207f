import { registerEnumType } from 'type-graphql'

/**
 * Why there is no free time (RULES A4). The first that applies is the answer, in this order; "the time asked for" is the window of the
 * question, and a booking window is what the actor may book at all (`booking-window.ts`):
 *
 * 1. `OUTSIDE_BOOKING_WINDOW`: nothing of the time asked for lies in the booking window.
 * 2. `NOT_WORKING`: the doctor has no working hours in the time asked for, or the clinic is closed, or the doctor has left.
 * 3. `OUTSIDE_BOOKING_WINDOW`: there are working hours, none of them in the booking window.
 * 4. `ON_LEAVE`: an absence covers all of what remains.
 * 5. `FULLY_BOOKED`: visits and holds, of the doctor or in the room, cover all of what remains.
 * 6. `NO_GAP_LONG_ENOUGH`: something is free, nowhere long enough for the visit and the time to be kept free around it.
 */
export enum EmptySlotReason {
  NOT_WORKING = 'NOT_WORKING',
  ON_LEAVE = 'ON_LEAVE',
  FULLY_BOOKED = 'FULLY_BOOKED',
  NO_GAP_LONG_ENOUGH = 'NO_GAP_LONG_ENOUGH',
  OUTSIDE_BOOKING_WINDOW = 'OUTSIDE_BOOKING_WINDOW',
}

registerEnumType(EmptySlotReason, {
  name: 'EmptySlotReason',
  description: 'Why there is no free time.',
  valuesConfig: {
    NOT_WORKING: { description: 'The doctor has no working hours then, or the clinic is closed.' },
    ON_LEAVE: { description: 'The doctor is away.' },
    FULLY_BOOKED: { description: 'All of it is taken.' },
    NO_GAP_LONG_ENOUGH: { description: 'What is free is nowhere long enough.' },
    OUTSIDE_BOOKING_WINDOW: { description: 'It is in the past, or sooner or later than patients may book.' },
  },
})
