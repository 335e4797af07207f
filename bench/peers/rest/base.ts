import { Column, CreateDateColumn, PrimaryColumn, UpdateDateColumn, VersionColumn } from 'typeorm'

/** The columns every table has. */
export abstract class Row {
  @PrimaryColumn('uuid')
  id!: string

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date

  @VersionColumn({ type: 'int' })
  version!: number
}

/** A column of text that may be empty. */
export const Text = (name?: string): PropertyDecorator => Column({ ...(name !== undefined && { name }), type: 'text', nullable: true })
/** A moment that may not have come yet. */
export const Instant = (name: string): PropertyDecorator => Column({ name, type: 'timestamptz', nullable: true })
