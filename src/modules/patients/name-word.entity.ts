import { Entity, Index, PrimaryKey } from '@mikro-orm/decorators/legacy'

/**
 * A word that occurs in the name of some patient: lower case, without accents. The database adds to it whenever a name is entered. A large
 * clinic has a million patients and some ten thousand words, so a misspelt name is looked up among these first (RULES P2).
 */
@Entity()
@Index({ name: 'name_word_trgm', expression: 'create index "name_word_trgm" on "name_word" using gin ("word" gin_trgm_ops)' })
export class NameWord {
  @PrimaryKey({ type: 'text' })
  word!: string
}
