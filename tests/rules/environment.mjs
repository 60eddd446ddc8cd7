/**
 * Shared by the tests of the rules: database clients of different people on the emulator, and a small register.
 *
 * The packages are the portal's own, so the tests use its SDK.
 */
import { createRequire } from "node:module";
import { after, before, beforeEach } from "node:test";

const require = createRequire(new URL("../../portal/package.json", import.meta.url));
const { initializeTestEnvironment } = require("@firebase/rules-unit-testing");
const sdk = require("firebase/firestore");

export const { assertFails, assertSucceeds } = require("@firebase/rules-unit-testing");
export const {
  doc,
  collection,
  getDoc,
  getDocs,
  setDoc,
  deleteDoc,
  query,
  serverTimestamp,
  Timestamp,
  where,
  writeBatch,
} = sdk;
export const { limit, orderBy, deleteField, updateDoc, addDoc } = sdk;

export const MEMBERS_UID = "kenni:someone";
export const AFRIKA = "0101303019";
export const AMERIKA = "0101302989";
export const ADMIN = "0101700000";
export const SUPERUSER = "0101700001";

/** The member document that every test starts from. */
export function memberDocument(kennitala) {
  return {
    kennitala,
    name: "Gervimaður",
    verified: true,
    roles: ["member"],
    profile: {
      email: "old@example.is",
      phone: "5551234",
      birthday: "1930-01-01",
      gender: "unknown",
      housingSituation: "unknown",
      reachable: true,
      groupable: true,
      address: { street: "Dæmigata 1", postalcode: "101", city: "Reykjavík" },
    },
    membership: { status: "active", joined: "2019-01-06T16:43:47Z", djangoId: 1 },
    updatedAt: Timestamp.fromDate(new Date("2025-11-05T16:30:28Z")),
    sync: { operation: "operation-1" },
  };
}

/** A small `/sync_logs` document for the tests of reading. */
const LOG = { trigger: "schedule", status: "success" };

let environment;

/** Register the hooks of a test file: connect once, and write the register anew before every test. */
export function useRegister() {
  before(async () => {
    const [host, port] = process.env.FIRESTORE_EMULATOR_HOST.split(":");
    const firestore = { host, port: Number(port) }; // No rules are given here: the emulator started with them.
    environment = await initializeTestEnvironment({ projectId: process.env.RULES_PROJECT, firestore });
  });
  after(() => environment.cleanup());
  beforeEach(async () => {
    await environment.clearFirestore();
    await environment.withSecurityRulesDisabled(async (context) => {
      const db = context.firestore();
      await setDoc(doc(db, "members", AFRIKA), memberDocument(AFRIKA));
      await setDoc(doc(db, "members", AMERIKA), memberDocument(AMERIKA));
      await setDoc(doc(db, "members", ADMIN), { ...memberDocument(ADMIN), roles: ["admin"] });
      await setDoc(doc(db, "members", SUPERUSER), { ...memberDocument(SUPERUSER), roles: ["superuser"] });
      await setDoc(doc(db, "sync_logs", "log-1"), LOG);
    });
  });
}

/** A database client with these claims. */
export function as(claims) {
  return environment.authenticatedContext(MEMBERS_UID, claims).firestore();
}

export const asMember = (kennitala = AFRIKA) => as({ kennitala, roles: ["member"], isMember: true });
export const asAdmin = () => as({ kennitala: ADMIN, roles: ["member", "admin"] });
export const asSuperuser = () => as({ kennitala: SUPERUSER, roles: ["superuser"] });
export const asNobody = () => environment.unauthenticatedContext().firestore();

/** Read or write without rules, as the functions do. */
export async function asFunctions(work) {
  let result;
  await environment.withSecurityRulesDisabled(async (context) => {
    result = await work(context.firestore());
  });
  return result;
}
