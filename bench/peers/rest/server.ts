/**
 * What a clinic is usually served by: NestJS on Express with TypeORM on the same tables, one resource each for the patient, the
 * appointments, the records and the plans; the client puts the chart together. Without sign-in and without rules. Environment:
 * `DATABASE_URL`, `PORT`, `POOL_MAX`.
 */
import 'reflect-metadata'
import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import { TypeOrmModule } from '@nestjs/typeorm'

import { serveUntilStopped, settings } from '../peer-process.ts'
import { ENTITIES } from './entities.ts'
import { PatientsController } from './patients.controller.ts'
import { PatientsService } from './patients.service.ts'

const { databaseUrl, poolMax } = settings()

@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'postgres',
      url: databaseUrl,
      poolSize: poolMax,
      entities: ENTITIES,
      synchronize: false,
      logging: false,
    }),
    TypeOrmModule.forFeature(ENTITIES),
  ],
  controllers: [PatientsController],
  providers: [PatientsService],
})
class AppModule {}

const app = await NestFactory.create<NestExpressApplication>(AppModule, { logger: ['error', 'warn'] })
app.disable('x-powered-by')
await app.init()
await serveUntilStopped(app.getHttpServer())
