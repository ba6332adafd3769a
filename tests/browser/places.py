"""Every page of the demo by the role that reads it: what make shots draws and the page tests measure."""

from datetime import UTC, datetime

THIS_YEAR = datetime.now(UTC).year
VOTING = f"/petugas/siklus/siklus-{THIS_YEAR}"
TRIED = f"/petugas/uji-aturan?siklus=siklus-{THIS_YEAR - 1}&a_rule=&b_rule=phragmen&c_rule=greedy&c_quota=per_capita"
PAGES: dict[str, tuple[str, ...]] = {
    "public": (
        "/",
        "/kecamatan",
        "/usulan",
        "/usulan?kec=gedebage&isu=banjir",
        "/usulan?q=tidakadayangbegini",
        "/usulan/peta",
        "/usulan/peta?kec=gedebage",
        "/usulan/2",
        "/hasil",
        "/hasil/gedebage",
        "/hasil/coblong",
        "/pelaksanaan",
        "/pengaduan",
        "/papan",
        "/papan/1",
        "/bukti",
        "/aman",
        "/kamus-usulan",
        "/penjagaan",
        "/istilah",
        "/privasi",
        "/data",
        "/pola",
        "/masuk",
        "/masuk/sandi",
        "/kode",
        "/tidak-ada",
    ),
    "resident": ("/", "/bilik", "/status-saya", "/bukti", "/usulan/2", "/usulan/baru", "/usulan/saya", "/akun"),
    "facilitator": ("/meja", "/meja/antrean", "/meja/banding", "/akun"),
    "official": (
        "/petugas",
        "/petugas/siklus",
        "/petugas/siklus/baru",
        VOTING,
        f"{VOTING}/kalender",
        f"{VOTING}/pagu",
        f"{VOTING}/kunci",
        f"{VOTING}/hitung",
        "/petugas/pemeriksaan",
        "/petugas/pemeriksaan?status=selesai",
        "/petugas/pemeriksaan/2",
        "/petugas/uji-aturan",
        TRIED,
        "/meja/kode",
    ),
    "auditor": ("/petugas", VOTING, f"{VOTING}/hitung", "/petugas/pemeriksaan", "/papan"),
    "admin": ("/admin", "/admin/catatan"),
}
