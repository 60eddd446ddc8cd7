/** The fields that people edit in the portal, in the order of its forms. `make fields` writes this file. */

/** @type {readonly import("./contact_fields.js").ContactField[]} */
export const SYNCED_FIELDS = [
  {
    path: "name",
    editor: "office",
    group: "register",
    type: "text",
    longest: 255,
    required: true,
  },
  {
    path: "profile.birthday",
    editor: "office",
    group: "register",
    type: "date",
  },
  {
    path: "profile.email",
    editor: "member",
    group: "contact",
    type: "email",
    longest: 254,
    pattern:
      "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+([.][A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?[.])+([A-Za-z][A-Za-z-]{0,61}[A-Za-z]|[Xx][Nn]--[A-Za-z0-9]{1,59})",
  },
  {
    path: "profile.phone",
    editor: "member",
    group: "contact",
    type: "phone",
    longest: 16,
    pattern: "(0[1-9]|[1-9][0-9])[0-9]{5}|[+]([124-9][0-9]{4,14}|3[0-46-9][0-9]{3,13}|35[0-35-9][0-9]{2,12})",
  },
  {
    path: "profile.address.street",
    editor: "member",
    group: "address",
    type: "text",
    longest: 200,
  },
  {
    path: "profile.address.postalcode",
    editor: "member",
    group: "address",
    type: "postalcode",
    longest: 16,
  },
  {
    path: "profile.address.city",
    editor: "member",
    group: "address",
    type: "text",
    longest: 100,
  },
  {
    path: "profile.gender",
    editor: "member",
    group: "about",
    type: "choice",
    choices: ["unknown", "male", "female", "other"],
    fallback: "unknown",
  },
  {
    path: "profile.housingSituation",
    editor: "member",
    group: "about",
    type: "choice",
    choices: ["unknown", "owner", "rental", "cooperative", "family", "other", "homeless"],
    fallback: "unknown",
  },
  {
    path: "profile.reachable",
    editor: "member",
    group: "consent",
    type: "boolean",
  },
  {
    path: "profile.groupable",
    editor: "member",
    group: "consent",
    type: "boolean",
  },
];

export const STATUSES = /** @type {const} */ (["active", "suspended", "left"]);
