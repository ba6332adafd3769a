/* Service worker: static files and copies of the last 30 public pages, for when there is no network.
   A page is kept only if the server itself calls it public (Cache-Control: public), which it never does for signed-in visitors;
   the booth, receipts and accounts are refused by name as well. Nothing is ever sent from here. */
const STATIC = "statis-1", PAGES = "halaman", MOST = 30, OFFLINE = "/static/luring.html"
const PRIVATE = /^\/(bilik|suara|bukti|status-saya|akun|masuk|daftar|kode|keluar|meja|petugas|admin|api|berkas|rembug\/.*\/catat)/

addEventListener("install", (event) => event.waitUntil(caches.open(STATIC).then((store) => store.add(OFFLINE)).then(() => skipWaiting())))
addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name !== STATIC && name !== PAGES) await caches.delete(name)
  await clients.claim()
})()))

const HASHED = /\.[0-9a-f]{12}\./, plain = (url) => new URL(url).pathname.replace(HASHED, ".")

async function lasting(request) {
  const store = await caches.open(STATIC), found = await store.match(request)
  if (found) return found
  const answer = await fetch(request)
  if (answer.ok) {
    // An older file of the same name goes when its successor comes.
    for (const old of await store.keys()) if (old.url !== request.url && HASHED.test(old.url) && plain(old.url) === plain(request.url)) await store.delete(old)
    await store.put(request, answer.clone())
  }
  return answer
}

async function changing(request) {
  const store = await caches.open(STATIC)
  try {
    const answer = await fetch(request)
    if (answer.ok) await store.put(request, answer.clone())
    return answer
  } catch (gone) {
    const bare = new URL(request.url).pathname, named = (await store.keys()).find((old) => plain(old.url) === bare)
    const found = await store.match(named || request)
    if (found) return found
    throw gone
  }
}

async function keep(request, answer) {
  const store = await caches.open(PAGES), headers = new Headers(answer.headers)
  headers.set("x-salinan", new Date().toISOString())
  await store.delete(request)
  await store.put(request, new Response(await answer.blob(), { status: 200, headers }))
  const all = await store.keys()
  for (const old of all.slice(0, Math.max(0, all.length - MOST))) await store.delete(old)
}

async function copy(found) {
  const at = new Date(found.headers.get("x-salinan")), day = at.toLocaleDateString("id-ID", { day: "numeric", month: "long" })
  const hour = at.toLocaleTimeString("id-ID", { hour: "2-digit", minute: "2-digit" }).replace(":", ".")
  const note = `<div class="strip" role="status"><div class="wadah">Salinan ${day} ${hour}. Anda sedang luring.</div></div><main`
  return new Response((await found.text()).replace("<main", note), { headers: found.headers })
}

async function page(event) {
  try {
    const answer = await fetch(event.request)
    if (answer.ok && !answer.redirected && /\bpublic\b/.test(answer.headers.get("cache-control") || "")) event.waitUntil(keep(event.request, answer.clone()))
    return answer
  } catch {
    const found = await (await caches.open(PAGES)).match(event.request)
    return found ? copy(found) : caches.match(OFFLINE)
  }
}

addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url)
  if (request.method !== "GET" || url.origin !== location.origin) return
  if (url.pathname.startsWith("/static/")) event.respondWith(HASHED.test(url.pathname) ? lasting(request) : changing(request))
  else if (request.mode === "navigate") {
    if (PRIVATE.test(url.pathname)) event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)))
    else event.respondWith(page(event))
  }
})
