import { around, VERSIONS, type Ask, type Table } from '../table.ts';

const get = (path: string, ...at: string[]): Ask => ({ send: `GET /v1${path}`, ...(at.length > 0 && { at }) });
const D = '/drivers/fake-hardware';

/** Hardware types and conductors. */
export const drivers: Table = {
  name: 'drivers',
  asks: [
    get('/drivers', ...VERSIONS),
    get('/drivers?detail=true', ...around(30), ...around(33), ...around(38), ...around(40), ...around(86), 'latest'),
    get('/drivers?type=dynamic', ...around(30)),
    get('/drivers?type=classic'),
    get('/drivers?type=nonsense'),
    get('/drivers?fields=name', ...around(77)),
    get('/drivers?fields=name&detail=true'),
    get('/drivers?fields=nonsense'),
    get('/drivers?nonsense=1'),
    get(D, ...VERSIONS),
    get(`${D}?fields=name,hosts`, ...around(77)),
    get(`${D}?fields=nonsense`),
    get('/drivers/nothing', '1.1', 'latest'),
    get('/drivers/nothing/properties'),
    get(`${D}/raid/logical_disk_properties`, ...around(12), 'latest'),
    get('/drivers/nothing/raid/logical_disk_properties'),
    get(`${D}/vendor_passthru/methods`),
    { send: `POST /v1${D}/vendor_passthru?method=some`, body: {} },
    { send: `POST /v1${D}/vendor_passthru`, body: {} },
    get(`${D}/nonsense`),
    get('/conductors', ...around(49), 'latest'),
    get('/conductors?detail=true', '1.49', 'latest'),
    get('/conductors?fields=hostname,alive'),
    get('/conductors?fields=nonsense'),
    get('/conductors?limit=1'),
    get('/conductors?sort_key=hostname'),
    get('/conductors?sort_key=alive'),
    get('/conductors?sort_key=nonsense'),
    get('/conductors?marker=nobody'),
    get('/conductors?nonsense=1'),
    get('/conductors/nobody'),
  ],
};
