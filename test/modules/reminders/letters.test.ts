import { describe, expect, it } from 'vitest'
import { languageFor, REMINDER_LANGUAGES, reminderLetter } from '../../../src/modules/reminders/reminder-letters.js'

const facts = {
  clinic: 'Clinic Nord',
  startsAt: new Date('2026-12-01T08:30:00Z'),
  timeZone: 'Europe/Berlin',
  location: 'Main street',
  phone: '+49 30 1',
  optOutUrl: null,
}

describe('the letter of a reminder', () => {
  it('says day and time on the wall clock of the location, in the language of the patient', () => {
    expect(reminderLetter('de', facts).text).toContain('Dienstag, 1. Dezember 2026 um 09:30 (Main street)')
    expect(reminderLetter('en', { ...facts, timeZone: 'America/New_York' }).text).toMatch(/Tuesday,? December 1, 2026 at 3:30\sAM/)
  })

  it.each(REMINDER_LANGUAGES)('is whole in %s, with and without the number of the desk', (language) => {
    const { subject, text } = reminderLetter(language, facts)
    expect(subject).toContain('Clinic Nord')
    expect(text).toContain('+49 30 1')
    expect(reminderLetter(language, { ...facts, phone: null }).text).not.toMatch(/null|undefined/)
  })

  it.each(REMINDER_LANGUAGES)('ends in %s with the link by which they want no more, where there is one', (language) => {
    const without = reminderLetter(language, facts).text
    const [said = '', explanation, link, ...more] = reminderLetter(language, { ...facts, optOutUrl: 'https://c.test/x' }).text.split(
      /\n(?=\n)|(?<=:)\n/,
    )
    expect(said).toBe(without)
    expect(explanation).toMatch(/^\n\S.+:$/)
    expect([link, more]).toEqual(['https://c.test/x', []])
  })

  it('is in the first language there are words for: of the patient, else of the clinic, else English', () => {
    expect(languageFor('de-AT', 'fr')).toBe('de')
    expect(languageFor('pl', 'fr')).toBe('fr')
    expect(languageFor(null, 'xx')).toBe('en')
  })
})
