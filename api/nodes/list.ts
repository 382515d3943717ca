import { chassisTable } from '../../db/chassis.ts';
import type { NodeFilters } from '../../db/node-list.ts';
import type { Queryable } from '../../db/pool.ts';
import { BareMetalError } from '../../domain/errors.ts';
import { PROVISION_STATES } from '../../domain/provision-states.ts';
import { choiceOf } from '../field-choice.ts';
import { requireKnown } from '../microversion.ts';
import { pageLimit, pageOfWritten, refuseEarlyDetail } from '../page.ts';
import type { Answer, RequestContext } from '../route.ts';
import type { Tools } from '../tools.ts';
import { findVisibleNode } from './change.ts';
import { LIST_FIELDS } from './fields.ts';
import { sortColumn, visibleWriter } from './present.ts';
import { FILTER_SINCE, type ListQuery } from './schemas.ts';
import { writtenNodesOf } from './written.ts';

/** GET /v1/nodes and /v1/nodes/detail: no value is parsed on its way out, and a row is written once while it stays. */
export async function listNodes(
  { db, config }: Tools,
  query: ListQuery,
  context: RequestContext,
  always?: 'all',
): Promise<Answer> {
  const { limit: _limit, marker, sort_key, sort_dir, fields: _fields, detail: _detail, ...filters } = query;
  requireKnown(context.version, Object.keys(query), FILTER_SINCE);
  refuseEarlyDetail(context.version, query.detail);
  refuseUnknownValues(query);
  const choice = always ?? choiceOf(query);
  const writer = visibleWriter(context, choice);
  const visibleTo = context.grant.project;
  const page = {
    sortKey: sortColumn(context.version, sort_key),
    descending: sort_dir === 'desc',
    marker: marker ?? null,
    limit: pageLimit(query.limit, config),
  };
  if (query.chassis_uuid !== undefined) await requireChassis(db, query.chassis_uuid);
  if (marker !== undefined) await findVisibleNode(db, marker, context);
  const wanted = { filters: storedFilters(filters), page, visibleTo };
  const { items, last } = await writtenNodesOf(db, config).page(writer, wanted);
  const named = choice === 'list' ? LIST_FIELDS.filter((name) => name !== 'links') : undefined;
  return pageOfWritten('nodes', items, { query, context, limit: page.limit, fields: named, last });
}

async function requireChassis(db: Queryable, uuid: string): Promise<void> {
  if ((await chassisTable.show(db, uuid, ['uuid'])) !== undefined) return;
  throw new BareMetalError('NotFound', `Chassis ${uuid} could not be found.`);
}

/** Faults that a node can have (ironic/common/faults.py). */
const FAULTS = ['power failure', 'clean failure', 'rescue abort failure', 'service failure'];

/** Values are looked at after the version of their filter. @throws BareMetalError `InvalidParameterValue` */
function refuseUnknownValues({ provision_state, fault }: ListQuery): void {
  if (provision_state !== undefined && !(PROVISION_STATES as readonly string[]).includes(provision_state)) {
    throw new BareMetalError('InvalidParameterValue', `Provision state "${provision_state}" is not valid`);
  }
  if (fault === undefined || FAULTS.includes(fault)) return;
  throw new BareMetalError('InvalidParameterValue', `Unrecognized fault "${fault}"; faults are ${FAULTS.join(', ')}`);
}

type Filters = Omit<ListQuery, 'limit' | 'marker' | 'sort_key' | 'sort_dir' | 'fields' | 'detail'>;

function storedFilters(filters: Filters): NodeFilters {
  const { include_children, parent_node, ...kept } = filters;
  // Parts of a machine are listed when they are asked for only.
  return include_children === true ? kept : { ...kept, parent_node: parent_node ?? null };
}
