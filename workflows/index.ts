export { cleanNode } from './clean-node.ts';
export { deployNode } from './deploy-node.ts';
export { manageNode } from './manage-node.ts';
export { undeployNode } from './undeploy-node.ts';
