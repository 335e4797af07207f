import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { Role } from '../../src/access/roles.js'
import { CHART_BY_ID_QUERY, CHART_QUERY, LOGIN_MUTATION } from '../../src/http/example-queries.js'
import type { Patient } from '../../src/modules/patients/patient.entity.js'
import { TestServer } from '../support/server.js'
import { browserPath, misdeedsOf, openBrowser } from './chromium.js'
import { Ide } from './ide.js'

const PASSWORD = 'a long password of a doctor'

describe('the clinic in its IDE', () => {
  let server: TestServer
  let patient: Patient
  beforeAll(async () => {
    server = await TestServer.start()
    const { make, hasher } = server
    patient = make.patient({ firstName: 'Mathilde', lastName: 'Ostrowski' })
    make.allergy(patient)
    make.record({ patient, appointment: make.appointment({ patient }) })
    await make.user(hasher, [Role.DOCTOR], { username: 'dr.ide', passwordHash: await hasher.hash(PASSWORD), staff: make.staff() })
    await make.save()
  })
  afterAll(() => server.stop())

  it('has example operations that are valid and answered whole', async () => {
    const login = await server.send(LOGIN_MUTATION, { username: 'dr.ide', password: PASSWORD })
    expect(login.data).toMatchObject({ login: { accessToken: expect.any(String) as string } })
    const token = String(login.data?.['login']?.accessToken)
    const charts = await server.send(CHART_QUERY, { patients: 5 }, token)
    expect(charts.errors).toBeUndefined()
    const chart = await server.send(CHART_BY_ID_QUERY, { id: patient.id }, token)
    expect(chart.errors).toBeUndefined()
    expect(chart.data).toMatchObject({ patient: { lastName: 'Ostrowski', medicalRecords: { edges: [{}] } } })
  })

  describe.skipIf(browserPath === undefined)('in a browser without internet', () => {
    let browser: Browser
    beforeAll(async () => {
      browser = await openBrowser()
    })
    afterAll(() => browser?.close())

    it('lets a doctor sign in, run the chart query and see the name of the patient', async () => {
      const page = await browser.newPage()
      const misdeeds = misdeedsOf(page, server.app.url)
      const ide = new Ide(page)
      await ide.open(server.app.url)
      expect(await ide.signIn('dr.ide', PASSWORD)).toContain('Signed in as')
      expect(await ide.run('Ostrowski')).toContain('Mathilde')
      expect(misdeeds).toEqual([])
    })
  })
})
