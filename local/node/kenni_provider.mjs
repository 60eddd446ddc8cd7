/**
 * The OIDC provider that stands in for Kenni.is, with the properties of the real one that callers rely on:
 * PKCE with S256 required, redirect URI matched exactly, one-time codes, RS256, a `sub` that differs per
 * client, and the person's kennitala in the claim `national_id`.
 */
import { createHash, generateKeyPairSync, randomBytes } from "node:crypto";
import { Provider } from "oidc-provider";

/**
 * @typedef {object} TestPerson
 * @property {string} nationalId kennitala, ten digits
 * @property {string} name
 * @property {string} [email]
 * @property {string} [phoneNumber] as Kenni.is gives it, `+3545551234`
 *
 * @typedef {object} Settings
 * @property {string} issuerUrl also says the address to listen on
 * @property {string} clientId
 * @property {string} clientSecretFile path of a file (mode 0600) that holds nothing but the secret
 * @property {string} redirectUri
 * @property {TestPerson[]} persons who can log in
 */

const HOUR = 3600; // seconds

/** Kenni.is serves its protocol below `/oidc`. Discovery says so, but older pages relied on it. */
const ROUTES = {
  authorization: "/oidc/auth",
  token: "/oidc/token",
  jwks: "/oidc/jwks",
  userinfo: "/oidc/me",
  end_session: "/oidc/session/end",
};

const SCOPES = {
  openid: ["sub"],
  profile: ["name"],
  national_id: ["national_id"],
  email: ["email"],
  phone_number: ["phone_number"],
};

/** Each start makes a new signing key, so callers that cache the old one must handle rotation. */
function signingKey() {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256" };
}

/** @param {TestPerson} person */
function accountOf(person) {
  const claims = {
    sub: person.nationalId,
    name: person.name,
    national_id: person.nationalId,
    email: person.email,
    phone_number: person.phoneNumber,
  };
  return { accountId: person.nationalId, claims: () => claims };
}

/** A login counts as consent, since Kenni.is shows no second page either. */
async function grantEverything(context) {
  const { provider, client, session, params } = context.oidc;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope(params.scope);
  await grant.save();
  return grant;
}

/** @param {string} accountId @param {{clientId: string}} client */
function subjectForClient(accountId, client) {
  return createHash("sha256").update(`${client.clientId}|${accountId}`).digest("base64url");
}

/**
 * @param {Settings} settings
 * @param {string} clientSecret
 * @returns {Provider}
 */
export function createProvider(settings, clientSecret) {
  return new Provider(settings.issuerUrl, {
    clients: [
      {
        client_id: settings.clientId,
        client_secret: clientSecret,
        redirect_uris: [settings.redirectUri],
        response_types: ["code"],
        grant_types: ["authorization_code"],
        token_endpoint_auth_method: "client_secret_post",
        subject_type: "pairwise",
      },
    ],
    routes: ROUTES,
    scopes: Object.keys(SCOPES),
    claims: SCOPES,
    conformIdTokenClaims: false, // Kenni.is puts the claims into the ID token itself.
    subjectTypes: ["pairwise"],
    pairwiseIdentifier: (_context, accountId, client) => subjectForClient(accountId, client),
    pkce: { required: () => true },
    responseTypes: ["code"],
    jwks: { keys: [signingKey()] },
    cookies: { keys: [randomBytes(32).toString("hex")] },
    ttl: {
      AuthorizationCode: 60,
      AccessToken: HOUR,
      IdToken: HOUR,
      Interaction: HOUR,
      Session: HOUR,
      Grant: HOUR,
    },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    loadExistingGrant: grantEverything,
    findAccount: (_context, id) =>
      settings.persons.filter((person) => person.nationalId === id).map(accountOf)[0],
  });
}
