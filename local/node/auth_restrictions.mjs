/**
 * What a project's own settings forbid its users, which Firebase's Auth emulator takes and does not act upon.
 *
 * `PATCH /v2/projects/P/config` sets them: `client.permissions` and the kinds of sign-in in `signIn`. Without
 * them everything is open, as in a new project of Google's.
 * https://cloud.google.com/identity-platform/docs/reference/rest/v2/Config
 */

/**
 * @typedef {object} Config
 * @property {{ permissions?: { disabledUserSignup?: boolean, disabledUserDeletion?: boolean } }} [client]
 * @property {{ email?: { enabled?: boolean }, anonymous?: { enabled?: boolean } }} [signIn]
 */

/**
 * @typedef {object} State the emulator's state of a project
 * @property {Config} config
 * @property {(uid: string) => object | undefined} getUserByLocalId
 */

/** @typedef {{ security?: { Oauth2?: unknown } }} Context whether an administrator calls */
/** @typedef {(state: State, body: Record<string, string>, context: Context) => unknown} Operation */
/** @typedef {(check: unknown, code: string) => void} Assert refuses with Google's own code */

const ADMINISTRATORS_ALONE = "ADMIN_ONLY_OPERATION";

/**
 * Make the emulator act upon the settings.
 *
 * @param {{ prototype: object }} projectState the emulator's class of a project
 * @param {Record<string, Operation>} accounts the emulator's operations on accounts
 * @param {Assert} assert
 */
export function restrict(projectState, accounts, assert) {
  Object.defineProperty(projectState.prototype, "allowPasswordSignup", {
    /** @this {State} */
    get() {
      return this.config.signIn?.email?.enabled ?? true;
    },
  });
  Object.defineProperty(projectState.prototype, "enableAnonymousUser", {
    /** @this {State} */
    get() {
      return this.config.signIn?.anonymous?.enabled ?? true;
    },
  });
  const { signUp, signInWithCustomToken, delete: deleteAccount } = accounts;
  accounts.signUp = (state, body, context) => {
    assert(isAdministrator(context) || maySignUp(state), ADMINISTRATORS_ALONE);
    return signUp(state, body, context);
  };
  accounts.signInWithCustomToken = (state, body, context) => {
    const uid = uidOf(body.token);
    assert(!uid || state.getUserByLocalId(uid) || maySignUp(state), ADMINISTRATORS_ALONE);
    return signInWithCustomToken(state, body, context);
  };
  accounts.delete = (state, body, context) => {
    const kept = state.config.client?.permissions?.disabledUserDeletion;
    assert(isAdministrator(context) || !kept, ADMINISTRATORS_ALONE);
    return deleteAccount(state, body, context);
  };
}

/** @param {Context} context */
const isAdministrator = (context) => Boolean(context.security?.Oauth2);

/** @param {State} state */
const maySignUp = (state) => !state.config.client?.permissions?.disabledUserSignup;

/**
 * The user of a custom token; undefined if the emulator has to say what is wrong with the token.
 *
 * @param {string | undefined} token
 * @returns {string | undefined}
 */
function uidOf(token) {
  try {
    return JSON.parse(Buffer.from(String(token).split(".")[1], "base64url").toString()).uid;
  } catch {
    return undefined;
  }
}
