/* The page without the network: its files are kept; the page itself is asked for anew where there is a network. */
self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT_AS).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = (names) => names.filter((name) => name.startsWith("cashier-") && name !== KEPT_AS);
  event.waitUntil(
    caches.keys().then((names) => Promise.all(old(names).map((name) => caches.delete(name)))).then(() => self.clients.claim()),
  );
});

const PATIENCE = 4000;

/* A page of a newer version comes with files that are not here: its own worker keeps it, together with them. What names
   no file of ours is no page of ours. */
async function fresh() {
  const cache = await caches.open(KEPT_AS);
  try {
    const answer = await fetch(FILES[0], { signal: AbortSignal.timeout(PATIENCE), cache: "no-cache" });
    if (!answer.ok) throw new Error(answer.status);
    const named = (await answer.clone().text()).match(/\/static\/[^"]+/g);
    if (!named) throw new Error("not the house");
    if (named.every((file) => FILES.includes(file))) await cache.put(FILES[0], answer.clone());
    return answer;
  } catch {
    return (await cache.match(FILES[0])) || Response.error();
  }
}

self.addEventListener("fetch", (event) => {
  const { pathname, search, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin) return;
  if (pathname === FILES[0]) event.respondWith(fresh());
  else if (FILES.includes(pathname + search))
    event.respondWith(caches.match(event.request).then((kept) => kept || fetch(event.request)));
});
