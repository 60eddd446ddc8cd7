/**
 * The login page of the stand-in for Kenni.is: a list of test persons instead of an electronic ID.
 *
 * A caller that sends `login_hint` with a test person's kennitala is logged in as that person at once, so
 * that tests of the protocol need no browser.
 */

/** @typedef {import("./kenni_provider.mjs").TestPerson} TestPerson */

const INTERACTION = /^\/interaction\/[\w-]+$/;
const BODY_LIMIT = 1024; // bytes: the form has one field

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** @param {string} text */
function escapeHtml(text) {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character]);
}

/** @param {TestPerson[]} persons */
function page(persons) {
  const buttons = persons.map(
    ({ nationalId, name }) =>
      `<li><button name="person" value="${escapeHtml(nationalId)}">${escapeHtml(name)} ` +
      `<small>${escapeHtml(nationalId.slice(0, 6))}-${escapeHtml(nationalId.slice(6))}</small></button></li>`,
  );
  return `<!doctype html><html lang="is"><head><meta charset="utf-8">
<link rel="icon" href="data:,"><title>Innskráning – staðgengill Kenni.is</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:28rem;margin:3rem auto;padding:0 1rem;color:#1d2733}
ul{list-style:none;padding:0}li{margin:.5rem 0}button{font:inherit;width:100%;padding:.75rem 1rem;text-align:left;
border:1px solid #77838f;border-radius:.5rem;background:#fff;color:inherit;cursor:pointer}
button:hover,button:focus{border-color:#1c5d99;background:#eef4fa}small{color:#56616c}</style></head><body><main>
<h1>Staðgengill Kenni.is</h1><p>Veldu prófunarmann til að skrá þig inn sem.</p>
<form method="post"><ul>${buttons.join("")}</ul><button name="cancel" value="1">Hætta við</button></form>
</main></body></html>`;
}

/** @param {import("node:http").IncomingMessage} request */
async function formOf(request) {
  let body = "";
  for await (const chunk of request) {
    body += chunk;
    if (body.length > BODY_LIMIT) throw new Error("form too large");
  }
  return new URLSearchParams(body);
}

const DENIED = { error: "access_denied", error_description: "the person cancelled the login" };

/** @param {TestPerson[]} persons @param {string | null | undefined} nationalId */
function loginResult(persons, nationalId) {
  const known = persons.some((person) => person.nationalId === nationalId);
  return known ? { login: { accountId: nationalId, remember: false } } : DENIED;
}

/**
 * The request handler of the whole stand-in: answers the login page itself and leaves the rest to the provider.
 * @param {import("oidc-provider").Provider} provider
 * @param {TestPerson[]} persons
 */
export function handlerFor(provider, persons) {
  const protocol = provider.callback();
  return async (request, response) => {
    if (!INTERACTION.test(request.url)) return protocol(request, response);
    try {
      const { params } = await provider.interactionDetails(request, response);
      const hinted = persons.some((person) => person.nationalId === params.login_hint);
      if (request.method === "GET" && !hinted) {
        response.writeHead(200, { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" });
        return response.end(page(persons));
      }
      const chosen = request.method === "GET" ? params.login_hint : (await formOf(request)).get("person");
      return await provider.interactionFinished(request, response, loginResult(persons, chosen));
    } catch (error) {
      response.writeHead(400, { "content-type": "text/plain; charset=utf-8" });
      return response.end(`${error.message}\n`);
    }
  };
}
