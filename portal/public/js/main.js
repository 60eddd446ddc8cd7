/** Starts the portal: reads the configuration, connects Firebase, shows the first page. */
import { startApplication } from "./application.js";
import { loadConfiguration } from "./configuration.js";
import { connectFirebase } from "./firebase_services.js";
import { chosenLanguage, translator } from "./i18n/language.js";
import { failure } from "./views/states.js";

const root = /** @type {HTMLElement} */ (document.getElementById("application"));
try {
  const configuration = await loadConfiguration();
  startApplication(root, configuration, connectFirebase(configuration));
} catch (error) {
  const t = translator(chosenLanguage());
  root.replaceChildren(failure(t, /** @type {Error} */ (error), () => location.reload()));
}
