import { agentRoutes } from './agent/routes.ts';
import { allocationRoutes } from './allocations/routes.ts';
import { cleaningScheduleRoutes } from './anneal/cleaning-schedules.ts';
import { codecRoutes } from './anneal/codec.ts';
import { networkRoutes } from './anneal/networks.ts';
import { nodeHistoryRoutes } from './anneal/node-history.ts';
import { nodeRecordRoutes } from './anneal/node-records.ts';
import { webhookDeliveryRoutes } from './anneal/webhook-deliveries.ts';
import { webhookRoutes } from './anneal/webhooks.ts';
import { policyRoutes } from './anneal/policy.ts';
import { quotaRoutes } from './anneal/quotas.ts';
import { requestRoutes } from './anneal/requests.ts';
import { switchRoutes } from './anneal/switches.ts';
import { chassisRoutes } from './chassis/routes.ts';
import { conductorRoutes } from './conductors/routes.ts';
import { deployTemplates } from './deploy-templates/resource.ts';
import { driverRoutes } from './drivers/routes.ts';
import { biosRoutes } from './nodes/bios-routes.ts';
import { deviceRoutes } from './nodes/device-routes.ts';
import { familyRoutes } from './nodes/family-routes.ts';
import { indicatorRoutes } from './nodes/indicator-routes.ts';
import { managementRoutes } from './nodes/management-routes.ts';
import { raidRoutes } from './nodes/raid-routes.ts';
import { recordRoutes } from './nodes/record-routes.ts';
import { nodeOperationRoutes } from './node-operations/routes.ts';
import { nodeRoutes } from './nodes/routes.ts';
import { nodeStateRoutes } from './nodes/state-routes.ts';
import { traitRoutes } from './nodes/trait-routes.ts';
import { vendorRoutes } from './nodes/vendor-routes.ts';
import { vifRoutes } from './nodes/vif-routes.ts';
import type { PolicySource } from './policy/policy-source.ts';
import { portgroupRoutes } from './portgroups/routes.ts';
import { openApiRoutes } from './openapi/routes.ts';
import { portRoutes } from './ports/routes.ts';
import { inspectionRules } from './inspection-rules/resource.ts';
import { resourceRoutes } from './resource/routes.ts';
import { eventRoutes } from './events/routes.ts';
import { shardRoutes } from './shards/routes.ts';
import { healthRoutes } from './root/health.ts';
import { versionRoutes } from './root/versions.ts';
import type { Route } from './route.ts';
import { runbookRoutes } from './runbooks/routes.ts';
import type { Tools } from './tools.ts';
import { volumeRoutes } from './volume/routes.ts';

/** Every line of the API; where two paths fit a request the first is taken. */
export function allRoutes(tools: Tools, policy: PolicySource): Route[] {
  const routes = [
    ...healthRoutes(tools),
    ...versionRoutes(),
    // Before /v1/nodes/:node, which would take `validate` for a name.
    ...nodeStateRoutes(tools),
    ...nodeRoutes(tools),
    ...managementRoutes(tools),
    ...indicatorRoutes(tools),
    ...raidRoutes(tools),
    ...deviceRoutes(tools),
    ...vendorRoutes(tools),
    ...biosRoutes(tools),
    ...familyRoutes(tools),
    ...traitRoutes(tools),
    ...vifRoutes(tools),
    ...recordRoutes(tools),
    ...nodeOperationRoutes(tools),
    ...portRoutes(tools),
    ...portgroupRoutes(tools),
    ...chassisRoutes(tools),
    ...volumeRoutes(tools),
    ...resourceRoutes(tools, deployTemplates),
    ...allocationRoutes(tools),
    ...resourceRoutes(tools, inspectionRules),
    ...shardRoutes(tools),
    ...eventRoutes(),
    ...runbookRoutes(tools),
    ...driverRoutes(tools),
    ...conductorRoutes(tools),
    ...agentRoutes(tools),
    ...networkRoutes(tools),
    ...switchRoutes(tools),
    ...cleaningScheduleRoutes(tools),
    ...nodeHistoryRoutes(tools),
    ...nodeRecordRoutes(tools),
    ...webhookRoutes(tools),
    ...webhookDeliveryRoutes(tools),
    ...policyRoutes(tools, policy),
    ...quotaRoutes(tools),
    ...requestRoutes(tools),
    ...codecRoutes(tools),
  ];
  return [...routes, ...openApiRoutes(routes)];
}
