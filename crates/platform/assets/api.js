// Shows the description of the service that was chosen, and keeps the choice in the address.
const select = document.getElementById("service");

function show(service) {
  const url = `/api/${service}.json`;
  document.getElementById("document").href = url;
  location.hash = service;
  SwaggerUIBundle({
    url,
    dom_id: "#operations",
    presets: [SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
    supportedSubmitMethods: [],
    defaultModelsExpandDepth: -1,
    defaultModelExpandDepth: 8,
    defaultModelRendering: "model",
    docExpansion: "list",
    validatorUrl: null,
  });
}

async function start() {
  const services = await (await fetch("/api/services.json")).json();
  select.append(...services.map((service) => new Option(service)));
  const chosen = location.hash.slice(1);
  select.value = services.includes(chosen) ? chosen : services[0];
  select.addEventListener("change", () => show(select.value));
  show(select.value);
}

start();
