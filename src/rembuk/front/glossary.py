"""The words of the pages and their plain meaning; one name per thing. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """A word as pages use it, its short address, and what it means in one or two sentences."""

    id: str
    word: str
    meaning: str


TERMS = (
    Term(
        "aturan-hitung",
        "Aturan hitung",
        "Cara menentukan usulan yang didanai dari suara warga. Ditetapkan sebelum suara dibuka.",
    ),
    Term(
        "bagian-setara",
        "Bagian Setara",
        "Aturan hitung yang memberi setiap pemilih bagian uang yang sama. Bagian itu dipakai untuk usulan pilihannya.",
    ),
    Term(
        "berita-acara",
        "Berita acara",
        "Surat resmi tentang jalannya dan hasil pemungutan suara. Ditandatangani dua orang.",
    ),
    Term(
        "bilik-suara",
        "Bilik suara",
        "Halaman untuk memilih. Di sana tidak ada menu dan pemberitahuan, supaya Anda tenang.",
    ),
    Term("cadangan", "Cadangan", "Usulan yang maju kalau ada usulan didanai yang batal."),
    Term("dukung", "Dukung", "Tanda bahwa Anda setuju sebuah usulan dibahas. Dukungan bukan suara."),
    Term(
        "fasilitator",
        "Fasilitator",
        "Warga terlatih yang membantu RW menulis usulan, rembuk, dan memilih di pos.",
    ),
    Term(
        "ikut-memilih",
        "Ikut memilih",
        "Bagian pemilih terdaftar yang sudah memberi suara. Angkanya dihitung sekali sehari.",
    ),
    Term(
        "kamus-usulan",
        "Kamus usulan",
        "Daftar pekerjaan dan barang dengan satuan dan harga, untuk memperkirakan biaya.",
    ),
    Term("keberatan", "Keberatan", "Permintaan agar pemeriksaan atau hasil dilihat lagi oleh orang lain."),
    Term(
        "kode-bukti", "Kode bukti", "Kode yang menunjukkan suara Anda tercatat. Kode ini tidak menunjukkan isi suara."
    ),
    Term("kode-pemilih", "Kode pemilih", "Kode rahasia di dalam amplop, untuk memilih tanpa akun."),
    Term("musyawarah", "Musyawarah", "Tahap ketika warga menanggapi usulan sebelum dikunci."),
    Term(
        "pagu",
        "Pagu (batas biaya)",
        "Uang paling banyak yang bisa dipakai satu kecamatan. Jumlah biaya pemenang tidak boleh melewatinya.",
    ),
    Term(
        "papan-bukti",
        "Papan bukti",
        "Daftar terbuka yang hanya bisa ditambah. Setiap suara masuk punya satu baris di sana.",
    ),
    Term("pembagian", "Pembagian", "Cara uang kota dibagi menjadi pagu kecamatan. Rumusnya terbuka."),
    Term(
        "pemeriksaan",
        "Pemeriksaan",
        "Petugas melihat apakah usulan bisa dikerjakan kota, di lahan yang benar, dengan biaya wajar.",
    ),
    Term(
        "pemegang-kunci",
        "Pemegang kunci",
        "Orang dari beberapa lembaga yang bersama-sama membuka kotak suara. Satu orang saja tidak bisa.",
    ),
    Term(
        "penjagaan-rembuk",
        "Penjagaan rembuk",
        "Menjaga percakapan tetap sopan. Setiap tindakan punya alasan dan bisa dibanding.",
    ),
    Term("rab", "Rincian biaya (RAB)", "Daftar pekerjaan dengan volume, harga satuan, dan jumlahnya."),
    Term("rembuk", "Rembuk", "Percakapan warga di bawah setiap usulan: mendukung, keberatan, atau bertanya."),
    Term("saksi", "Saksi", "Kampus, media, atau perkumpulan yang ikut memeriksa papan bukti."),
    Term("siklus", "Siklus", "Satu putaran dari usulan sampai pelaksanaan, biasanya satu tahun."),
    Term("surat-suara", "Surat suara", "Daftar usulan yang bisa Anda pilih di kecamatan Anda."),
    Term("titik-temu", "Titik temu", "Ringkasan fasilitator tentang apa yang disepakati warga."),
    Term(
        "usulan",
        "Usulan",
        "Pekerjaan yang diminta warga untuk lingkungannya: sampah, air bersih, atau banjir.",
    ),
)
