/** An account of Keystone that logs in by password. */
export interface KeystoneAccount {
  /** With or without `/v3`. */
  readonly authUrl: string;
  readonly username: string;
  readonly password: string;
  readonly userDomain: string;
  readonly project: string;
  readonly projectDomain: string;
}

/** Where its Identity API v3 is. */
export function identityUrl({ authUrl }: KeystoneAccount): string {
  return `${authUrl.replace(/\/+$/, '').replace(/\/v3$/, '')}/v3`;
}

/** The body of `POST /v3/auth/tokens` by which it gets a token for its project. */
export function passwordLogin({ username, password, userDomain, project, projectDomain }: KeystoneAccount): string {
  const user = { name: username, password, domain: { name: userDomain } };
  const scope = { project: { name: project, domain: { name: projectDomain } } };
  return JSON.stringify({ auth: { identity: { methods: ['password'], password: { user } }, scope } });
}
