import type { Page } from 'playwright-core'

/** What a person does in the IDE at `/ide`. */
export class Ide {
  constructor(private readonly page: Page) {}

  async open(url: string): Promise<void> {
    await this.page.goto(`${url}/ide`)
    await this.page.locator('.graphiql-execute-button').waitFor()
  }

  async signIn(username: string, password: string): Promise<string> {
    await this.page.getByLabel('Username').fill(username)
    await this.page.getByLabel('Password').fill(password)
    await this.page.getByRole('button', { name: 'Sign in' }).click()
    const state = this.page.locator('#signed-in[data-state]')
    await state.waitFor()
    return (await state.textContent()) ?? ''
  }

  /** The text of the query editor. */
  async query(): Promise<string> {
    return this.page.locator('.graphiql-query-editor .CodeMirror-code').innerText()
  }

  /** Puts another query into the editor. */
  async write(query: string): Promise<void> {
    await this.page.locator('.graphiql-query-editor .CodeMirror').evaluate((editor, text) => {
      ;(editor as unknown as { CodeMirror: { setValue: (value: string) => void } }).CodeMirror.setValue(text)
    }, query)
  }

  /** The text of the headers editor. */
  async headers(): Promise<string> {
    return this.page.locator('.graphiql-editor-tool .CodeMirror-code').filter({ hasText: 'Authorization' }).innerText()
  }

  /** Runs the query in the editor and waits until the answer holds a text. */
  async run(expected: string): Promise<string> {
    await this.page.locator('.graphiql-execute-button').click()
    const answer = this.page.locator('.result-window .CodeMirror-code')
    await answer.filter({ hasText: expected }).waitFor()
    return answer.innerText()
  }
}
