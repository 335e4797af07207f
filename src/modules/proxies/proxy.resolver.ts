import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql'
import type { GraphQLContext } from '../../graphql/context.js'
import type { Services } from '../../graphql/services.js'
import { PatientProxy } from './patient-proxy.entity.js'
import { GrantProxyInput } from './proxy.inputs.js'

/** Who acts for a patient. */
@Resolver()
export class ProxyResolver {
  constructor(private readonly services: Services) {}

  @Mutation(() => PatientProxy, {
    nullable: true,
    description: 'Lets somebody with an account of the portal act for a patient, with a stated scope and end.',
  })
  async grantProxy(
    @Arg('input', () => GrantProxyInput, { description: 'Who, for whom, how far and for how long.' }) input: GrantProxyInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    const id = await this.services.proxies.grant(context, input)
    return context.loaders.one(PatientProxy, PatientProxy, id)
  }

  @Mutation(() => PatientProxy, { nullable: true, description: 'Takes a proxy back before its end; it bites within a second.' })
  async revokeProxy(@Arg('id', () => ID, { description: 'Which proxy.' }) id: string, @Ctx() context: GraphQLContext): Promise<unknown> {
    await this.services.proxies.revoke(context, id)
    return context.loaders.one(PatientProxy, PatientProxy, id)
  }
}
