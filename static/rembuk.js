/* Rembuk in the browser. Everything works without this file; it only makes it quicker. No eval, no styles set from here.

   Hooks (attributes a template writes; nothing here knows a page by its name):
   data-js (with hidden)        shown once this script runs; data-tanpa-js: hidden then
   form[data-suara=<election>]  the ballot. data-jenis approval|knapsack|points|ranked, data-pagu rupiah, data-maks count.
                                Inputs carry data-biaya, data-isu, data-nama. Written: [data-terpakai] [data-sisa] [data-jumlah]
                                [data-total] [data-daftar] [data-ucap] and .dompet .pita. Picks stay in sessionStorage of this tab.
                                [data-langkah=±1] steps the number beside it. data-suara-selesai=<election>: forget the picks
   a[data-keluar=<question>]    asked once when there are picks not sent
   form[data-kirim]             asks for the network before it sends; without it says "BELUM terkirim" (or the attribute's text), tap again.
                                One tap at a time; the server counts a repeated one once
   form[data-draf=<key>]        text kept on this device until sent; [data-draf-kata] says so. data-draf-selesai=<key>: forget it
   [data-rab]                   cost lines: each [data-baris] has [data-volume] [data-harga] [data-baris-jumlah]; [data-rab-total] is the sum
   input[data-kecilkan=1600]    photos shrunk to that many pixels before sending; [data-kecilkan-kata=<name>] says what happened
   button[data-lokasi]          fills the fields named in data-lat and data-lon (selectors); [data-lokasi-kata] says what happened
   svg[data-titik=<w,s,e,n>]    tap sets data-lat and data-lon from the bounds of its viewBox
   [data-salin=<text or #id>]   copies; [data-bagikan=<url>] data-judul data-teks: the phone's share sheet; [data-cetak]: prints
   [data-pintas="j"]            key that clicks this link or button; "?" opens dialog[data-pintas-bantuan]; [data-pintas-mati] is a
                                checkbox that turns keys off on this device
   [data-buka] / [data-tutup]   link to a <dialog> / link that closes it
   [data-fokus]                 focused on load (error summary); [data-hitung=<id>] shows letters left of a maxlength field
   input[data-dari-pagar]       filled from the address after "#" (a QR code), which is then wiped: it never travels by itself
   [data-diam=<seconds>]        kiosk: no touch for so long leads to data-ke
   [data-luring]                offline page: list of kept pages */
const $ = (s, of = document) => of.querySelector(s), $$ = (s, of = document) => [...of.querySelectorAll(s)]
const lang = document.documentElement.lang === "en" ? "en" : "id"
const number = (n) => Math.round(n).toLocaleString(lang), rp = (n) => (n < 0 ? "\u2212" : "") + "Rp\u00a0" + number(Math.abs(n))
const short = (n) => "Rp\u00a0" + (n >= 1e9 ? (n / 1e9).toLocaleString(lang, { maximumFractionDigits: 2 }) + " miliar" : (n / 1e6).toLocaleString(lang, { maximumFractionDigits: 1 }) + " juta")
const write = (list, text) => list.forEach((e) => (e.textContent = text))
const make = (tag, attrs = {}, ...kids) => {
  const e = tag === "rect" ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag)
  for (const key in attrs) e.setAttribute(key, attrs[key])
  e.append(...kids)
  return e
}
const kept = (store, key, value) => {
  try {
    if (value === undefined) return store.getItem(key)
    return value === null ? store.removeItem(key) : store.setItem(key, value)
  } catch { return null }
}

/* ballot */
function ballot(form) {
  const { suara, jenis = "knapsack" } = form.dataset, most = +form.dataset.maks || 0, ceiling = +form.dataset.pagu || 0
  const inputs = $$("[data-biaya]", form), key = "suara:" + suara, words = $("[data-ucap]", form)
  let asked = false
  const weight = (i) => (i.type === "number" ? Math.max(0, +i.value || 0) : i.checked ? +i.value || 1 : 0)
  const picks = () => inputs.filter((i) => weight(i) > 0).sort((a, b) => (jenis === "ranked" ? weight(a) - weight(b) : jenis === "points" ? weight(b) - weight(a) : 0))
  const save = () => kept(sessionStorage, key, JSON.stringify(inputs.map((i) => (i.type === "number" ? i.value : i.checked))))
  const draw = (speak) => {
    const chosen = picks(), cost = chosen.reduce((sum, i) => sum + +i.dataset.biaya, 0), points = chosen.reduce((sum, i) => sum + weight(i), 0)
    const money = jenis === "knapsack", used = money ? cost : jenis === "points" ? points : chosen.length, all = money ? ceiling : most
    const show = money ? rp : number, share = (i) => (money ? +i.dataset.biaya : jenis === "points" ? weight(i) : 1)
    write($$("[data-terpakai]", form), show(used)); write($$("[data-sisa]", form), show(all - used))
    write($$("[data-jumlah]", form), lang === "en" ? `${chosen.length} proposals` : `${chosen.length} usulan`); write($$("[data-total]", form), rp(cost))
    $(".dompet", form)?.classList.toggle("lewat", used > all)
    let x = 0
    $(".dompet .pita", form)?.replaceChildren(...chosen.map((i) => {
      const width = (share(i) / Math.max(all, used, 1)) * 1000
      x += width
      return make("rect", { class: i.dataset.isu, x: x - width, width, height: 10 })
    }))
    $("[data-daftar]", form)?.replaceChildren(...chosen.map((i) => make("li", { class: i.dataset.isu }, make("i"), i.dataset.nama, make("span", { class: "rp" }, jenis === "points" ? weight(i) + " poin" : jenis === "ranked" ? weight(i) + "." : short(+i.dataset.biaya)))))
    for (const i of inputs) {
      const row = i.closest(".pilihan")
      if (i.type === "checkbox") row.classList.toggle("mahal", money && !i.checked && cost + +i.dataset.biaya > ceiling)
      else row.classList.toggle("terisi", inputs.some((other) => other.name === i.name && weight(other) > 0))
    }
    if (!words || !speak) return
    const over = used - all, heavy = money && over > 0 && chosen.filter((i) => +i.dataset.biaya >= over).sort((a, b) => a.dataset.biaya - b.dataset.biaya)[0]
    words.textContent = lang === "en" ? (over > 0 ? `Over the limit by ${show(over)}.` : `Left: ${show(all - used)}.`)
      : over > 0 ? `Pilihan Anda ${show(over)} di atas batas. ${heavy ? `Lepas misalnya ${heavy.dataset.nama}.` : "Lepas satu usulan."}` : `Sisa ${show(all - used)}.`
    words.classList.toggle("samar", over <= 0)
    words.classList.toggle("keliru", over > 0)
  }
  const old = JSON.parse(kept(sessionStorage, key) || "null")
  if (old && old.length === inputs.length) inputs.forEach((i, n) => (i.type === "number" ? (i.value = old[n]) : (i.checked = old[n])))
  form.addEventListener("input", (event) => {
    const at = event.target
    // One place holds one proposal: choosing it here takes it from the other row.
    if (jenis === "ranked" && at.value) for (const i of inputs) if (i !== at && i.checked && i.value === at.value) { i.checked = false; const none = $(`[name="${i.name}"][value=""]`, form); if (none) none.checked = true }
    save(); draw(true)
  })
  form.addEventListener("click", (event) => {
    const step = event.target.closest("[data-langkah]"), field = step && $("input", step.parentElement)
    if (!field) return
    field.value = Math.min(+field.max, Math.max(0, (+field.value || 0) + +step.dataset.langkah))
    field.dispatchEvent(new Event("input", { bubbles: true }))
  })
  $$("a[data-keluar]").forEach((a) => a.addEventListener("click", (event) => {
    if (asked || !picks().length) return
    asked = true
    if (!confirm(a.dataset.keluar)) event.preventDefault()
  }))
  draw(false)
}
$$("[data-suara-selesai]").forEach((e) => kept(sessionStorage, "suara:" + e.dataset.suaraSelesai, null))
$$("form[data-suara]").forEach(ballot)

/* sending: any answer at all means there is network; a broken one is said on the page, not by the browser */
$$("form[data-kirim]").forEach((form) => {
  const button = $("button:not([type=button])", form), note = make("p", { class: "keliru", role: "alert" })
  form.append(note)
  form.addEventListener("submit", async (event) => {
    event.preventDefault()
    if (button.disabled) return
    button.disabled = true
    note.textContent = ""
    try {
      await fetch("/robots.txt", { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(8000) })
      form.submit()
    } catch {
      note.textContent = form.dataset.kirim || (lang === "en" ? "Your vote is NOT sent yet. No connection. Try again; it counts once." : "Suara BELUM terkirim. Sambungan terputus. Coba lagi; suara Anda tetap dihitung satu kali.")
      button.disabled = false
    }
  })
  addEventListener("pageshow", () => (button.disabled = false))
})

/* drafts on the device: text only, never passwords, never a ballot */
$$("[data-draf-selesai]").forEach((e) => kept(localStorage, "draf:" + e.dataset.drafSelesai, null))
$$("form[data-draf]").forEach((form) => {
  const key = "draf:" + form.dataset.draf, note = $("[data-draf-kata]", form)
  const fields = () => [...form.elements].filter((e) => e.name && e.name !== "_csrf" && (/^(text|search|number|date|textarea|select-one)$/.test(e.type)))
  const old = JSON.parse(kept(localStorage, key) || "{}")
  let restored = false
  for (const e of fields()) if (!e.value && old[e.name]) { e.value = old[e.name]; restored = true }
  const say = () => { if (note) note.textContent = lang === "en" ? "Kept on this phone, not sent yet" : "Tersimpan di ponsel ini, belum dikirim" }
  if (restored) say()
  form.addEventListener("input", () => { kept(localStorage, key, JSON.stringify(Object.fromEntries(fields().map((e) => [e.name, e.value])))); say() })
})

/* cost lines */
$$("[data-rab]").forEach((table) => {
  const whole = (e) => +(e?.value || "").replace(/\D/g, "") || 0
  const sum = () => {
    let all = 0
    for (const line of $$("[data-baris]", table)) {
      const amount = (parseFloat(($("[data-volume]", line)?.value || "").replace(",", ".")) || 0) * whole($("[data-harga]", line))
      write($$("[data-baris-jumlah]", line), rp(amount)); all += Math.round(amount)
    }
    write($$("[data-rab-total]"), rp(all))
    const total = +table.dataset.pagu, rect = $(".pita rect", table)
    if (total && rect) rect.setAttribute("width", Math.min(1000, (all / total) * 1000))
  }
  table.addEventListener("input", sum); sum()
})

/* photos: smaller before they travel; the server removes place data again */
async function shrunk(file, most) {
  const image = await createImageBitmap(file, { imageOrientation: "from-image" }), scale = Math.min(1, most / Math.max(image.width, image.height))
  const canvas = make("canvas", { width: Math.round(image.width * scale), height: Math.round(image.height * scale) })
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height)
  const blob = await new Promise((done) => canvas.toBlob((b) => (b?.type === "image/webp" ? done(b) : canvas.toBlob(done, "image/jpeg", 0.82)), "image/webp", 0.82))
  const ending = blob.type === "image/webp" ? ".webp" : ".jpg"
  return new File([blob], file.name.replace(/\.\w+$/, "") + ending, { type: blob.type })
}
$$("input[data-kecilkan]").forEach((input) => input.addEventListener("change", async () => {
  const bag = new DataTransfer(), note = $(`[data-kecilkan-kata="${input.name}"]`)
  for (const file of input.files) bag.items.add(await shrunk(file, +input.dataset.kecilkan).catch(() => file))
  input.files = bag.files
  const size = [...bag.files].reduce((sum, f) => sum + f.size, 0)
  if (note) note.textContent = lang === "en" ? `${bag.files.length} photos, ${number(size / 1024)} KB` : `${bag.files.length} foto, ${number(size / 1024)} KB siap dikirim`
}))

/* place */
function placed(from, lat, lon) {
  for (const [field, value] of [[from.dataset.lat, lat], [from.dataset.lon, lon]]) {
    const input = $(field)
    if (input) { input.value = value.toFixed(6); input.dispatchEvent(new Event("input", { bubbles: true })) }
  }
}
$$("button[data-lokasi]").forEach((button) => button.addEventListener("click", () => {
  const say = (text) => write($$("[data-lokasi-kata]"), text)
  say("Mencari lokasi…")
  navigator.geolocation?.getCurrentPosition(({ coords }) => { placed(button, coords.latitude, coords.longitude); say("Lokasi terisi.") }, () => say("Lokasi tidak terbaca. Tulis patokan saja."), { timeout: 10000 })
}))
$$("svg[data-titik]").forEach((map) => map.addEventListener("click", (event) => {
  const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(map.getScreenCTM().inverse()), box = map.viewBox.baseVal
  const [west, south, east, north] = map.dataset.titik.split(",").map(Number)
  event.preventDefault()
  placed(map, north - ((point.y - box.y) / box.height) * (north - south), west + ((point.x - box.x) / box.width) * (east - west))
  const pin = $("[data-pin]", map)
  if (pin) { pin.setAttribute("cx", point.x); pin.setAttribute("cy", point.y); pin.removeAttribute("hidden") }
}))

/* copy, share, print, dialogs, keys */
document.addEventListener("click", async (event) => {
  const at = event.target.closest("[data-salin],[data-bagikan],[data-cetak],[data-buka],[data-tutup]")
  if (!at) return
  const { salin, bagikan, judul, teks } = at.dataset
  if (salin !== undefined) {
    const source = salin.startsWith("#") ? $(salin) : null, text = source ? source.value ?? source.textContent.trim() : salin
    await navigator.clipboard.writeText(text)
    const last = at.lastChild, before = last.textContent
    last.textContent = lang === "en" ? "Copied" : "Tersalin"
    setTimeout(() => (last.textContent = before), 2500)
  } else if (bagikan !== undefined) await navigator.share({ title: judul, text: teks, url: bagikan }).catch(() => {})
  else if (at.hasAttribute("data-cetak")) print()
  else if (at.hasAttribute("data-buka")) { event.preventDefault(); $(at.getAttribute("href"))?.showModal() }
  else { event.preventDefault(); at.closest("dialog")?.close() }
})
const mute = $("[data-pintas-mati]")
if (mute) { mute.checked = kept(localStorage, "pintas") === "mati"; mute.addEventListener("change", () => kept(localStorage, "pintas", mute.checked ? "mati" : null)) }
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input,textarea,select,[contenteditable]") || kept(localStorage, "pintas") === "mati") return
  if (event.key === "?") return $("dialog[data-pintas-bantuan]")?.showModal()
  const at = $$("[data-pintas]").find((e) => e.dataset.pintas.toLowerCase() === event.key.toLowerCase())
  if (at) { event.preventDefault(); at.click() }
})

/* small things, also after htmx swaps a part in */
function ready() {
  $$("[data-js][hidden]").forEach((e) => (e.hidden = false))
  $$("[data-tanpa-js]").forEach((e) => (e.hidden = true))
  if (navigator.share) $$("[data-bagikan][hidden]").forEach((e) => (e.hidden = false))
}
ready()
document.addEventListener("htmx:after:swap", ready)
$("[data-fokus]")?.focus()
$$("[data-hitung]").forEach((note) => {
  const field = document.getElementById(note.dataset.hitung), say = () => (note.textContent = `${field.maxLength - field.value.length}`)
  if (field) { field.addEventListener("input", say); say() }
})
const scanned = $("input[data-dari-pagar]"), inAddress = scanned ? location.hash.slice(1) : ""
if (inAddress && !document.getElementById(inAddress)) {
  scanned.value = inAddress
  history.replaceState(null, "", location.pathname + location.search)
}
const kiosk = $("[data-diam]")
if (kiosk) {
  let timer
  const wait = () => { clearTimeout(timer); timer = setTimeout(() => { sessionStorage.clear(); location.replace(kiosk.dataset.ke || "/") }, kiosk.dataset.diam * 1000) }
  for (const kind of ["pointerdown", "keydown", "scroll"]) addEventListener(kind, wait, { passive: true })
  wait()
}
/* htmx only saves reloads, so it comes with the first touch: the first visit stays light, links and forms work meanwhile. */
const touches = ["pointerover", "pointerdown", "keydown", "focusin"], vendor = document.documentElement.dataset.htmx
const quicken = () => {
  touches.forEach((kind) => removeEventListener(kind, quicken))
  document.head.append(make("script", { src: vendor }))
}
if (vendor && $("[hx-get],[hx-post]")) touches.forEach((kind) => addEventListener(kind, quicken, { passive: true }))
addEventListener("change", (event) => { if (!window.htmx) event.target.closest("form[hx-get]")?.requestSubmit() })
const offline = $("[data-luring]")
if (offline && "caches" in window) caches.open("halaman").then(async (store) => {
  const pages = (await store.keys()).map((request) => new URL(request.url).pathname)
  offline.replaceChildren(...pages.map((path) => make("li", {}, make("a", { href: path }, path === "/" ? "Beranda" : decodeURI(path.slice(1))))))
})
/* The worker comes with the second page of a visit, so that the first one stays light. */
if ("serviceWorker" in navigator && isSecureContext) {
  if (kept(sessionStorage, "kunjung")) navigator.serviceWorker.register("/sw.js").catch(() => {})
  else kept(sessionStorage, "kunjung", "1")
}
