// Keeps one personal page for where no network is: the page as it was seen last, and what it is drawn with.
"use strict";

const HERE = new URL(self.registration.scope).pathname;
const KEPT = "personal page " + HERE;
const PATIENCE = 4000; // a network that is there but does not answer is none

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// The page says what it is drawn with, and is told whether all of it is kept; whatever it no longer names goes.
self.addEventListener("message", (event) => {
  const { data, ports } = event;
  if (data && Array.isArray(data.keep)) {
    event.waitUntil(keep(data.keep).then((isWhole) => ports.forEach((one) => one.postMessage(isWhole))));
  }
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (url.pathname === HERE) event.respondWith(page(request));
  } else if (url.pathname !== HERE + "/now") {
    event.respondWith(drawnWith(request));
  }
});

async function keep(addresses) {
  const cache = await caches.open(KEPT);
  const wanted = new Set(addresses.map((one) => new URL(one, self.location.origin).href));
  for (const former of await cache.keys()) {
    if (!wanted.has(former.url) && new URL(former.url).pathname !== HERE) await cache.delete(former);
  }
  const kept = await Promise.all([...wanted].map(async (one) => {
    try {
      const found = await fetch(one, { cache: "no-cache" });
      if (found.ok && (new URL(one).pathname !== HERE || found.headers.get("x-personal-page") === "whole")) {
        await cache.put(one, found);
      }
    } catch { /* what was kept before stays */ }
    return Boolean(await cache.match(one));
  }));
  return kept.every(Boolean);
}

async function page(request) {
  const former = () => caches.match(HERE, { ignoreSearch: true, cacheName: KEPT });
  const giveUp = new AbortController();
  const patience = setTimeout(() => giveUp.abort(), (await former()) ? PATIENCE : 60000);
  try {
    const found = await fetch(request, { signal: giveUp.signal });
    const told = found.headers.get("x-personal-page");
    if (told === "whole") await (await caches.open(KEPT)).put(HERE, found.clone());
    if (told === "gone") await forget();
    return told ? found : ((await former()) || found);
  } catch (error) {
    const kept = await former();
    if (kept) return kept;
    throw error;
  } finally {
    clearTimeout(patience);
  }
}

async function drawnWith(request) {
  return (await caches.match(request.url, { cacheName: KEPT })) || fetch(request);
}

// The link was closed, or has grown too old: nothing of it stays on the phone.
async function forget() {
  await caches.delete(KEPT);
  await self.registration.unregister();
}
