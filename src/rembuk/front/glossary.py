"""The words of the pages and their plain meaning; one name per thing. Pure."""

from dataclasses import dataclass

from rembuk.errors import N_


@dataclass(frozen=True)
class Term:
    """A word as pages use it, its short address, and what it means in one or two sentences."""

    id: str
    word: str
    meaning: str


TERMS = (
    Term(
        "aturan-hitung",
        N_("Aturan hitung"),
        N_("Cara menentukan usulan yang didanai dari suara warga. Ditetapkan sebelum suara dibuka."),
    ),
    Term(
        "bagian-setara",
        N_("Bagian Setara"),
        N_(
            "Aturan hitung yang memberi setiap pemilih bagian uang yang sama. "
            "Bagian itu dipakai untuk usulan pilihannya."
        ),
    ),
    Term(
        "berita-acara",
        N_("Berita acara"),
        N_("Surat resmi tentang jalannya dan hasil pemungutan suara. Ditandatangani dua orang."),
    ),
    Term(
        "batas-per-rw",
        N_("Batas per RW"),
        N_(
            "Paling banyak sekian usulan atau sekian rupiah yang boleh didanai di satu RW. "
            "Gunanya supaya uang tersebar."
        ),
    ),
    Term(
        "bilik-suara",
        N_("Bilik suara"),
        N_("Halaman untuk memilih. Di sana tidak ada menu dan pemberitahuan, supaya Anda tenang."),
    ),
    Term("cadangan", N_("Cadangan"), N_("Usulan yang maju kalau ada usulan didanai yang batal.")),
    Term("dukung", N_("Dukung"), N_("Tanda bahwa Anda setuju sebuah usulan dibahas. Dukungan bukan suara.")),
    Term(
        "ejr",
        N_("EJR+ (keterwakilan adil)"),
        N_(
            "Ukuran apakah kelompok yang sependapat mendapat bagiannya. "
            "Kalau terpenuhi, tidak ada kelompok cukup besar yang dilewatkan begitu saja."
        ),
    ),
    Term(
        "fasilitator",
        N_("Fasilitator"),
        N_("Warga terlatih yang membantu RW menulis usulan, rembuk, dan memilih di pos."),
    ),
    Term(
        "gini",
        N_("Gini"),
        N_(
            "Angka 0 sampai 1 tentang merata tidaknya hasil bagi pemilih. "
            "0 berarti semua sama, 1 berarti hanya satu orang yang mendapat."
        ),
    ),
    Term(
        "ikut-memilih",
        N_("Ikut memilih"),
        N_("Bagian pemilih terdaftar yang sudah memberi suara. Angkanya dihitung sekali sehari."),
    ),
    Term(
        "jatah-khusus",
        N_("Jatah khusus"),
        N_(
            "Bagian pagu yang disisihkan dulu untuk satu isu, wilayah prioritas, atau Suara Anak. "
            "Sisanya untuk semua usulan."
        ),
    ),
    Term(
        "kamus-usulan",
        N_("Kamus usulan"),
        N_("Daftar pekerjaan dan barang dengan satuan dan harga, untuk memperkirakan biaya."),
    ),
    Term(
        "kelompok-pilih-satu",
        N_("Kelompok pilih satu"),
        N_("Beberapa usulan yang saling menggantikan. Paling banyak satu yang didanai."),
    ),
    Term("keberatan", N_("Keberatan"), N_("Permintaan agar pemeriksaan atau hasil dilihat lagi oleh orang lain.")),
    Term(
        "kode-bukti",
        N_("Kode bukti"),
        N_("Kode yang menunjukkan suara Anda tercatat. Kode ini tidak menunjukkan isi suara."),
    ),
    Term("kode-pemilih", N_("Kode pemilih"), N_("Kode rahasia di dalam amplop, untuk memilih tanpa akun.")),
    Term("musyawarah", N_("Musyawarah"), N_("Tahap ketika warga menanggapi usulan sebelum dikunci.")),
    Term(
        "pagu",
        N_("Pagu (batas biaya)"),
        N_("Uang paling banyak yang bisa dipakai satu kecamatan. Jumlah biaya pemenang tidak boleh melewatinya."),
    ),
    Term(
        "papan-bukti",
        N_("Papan bukti"),
        N_("Daftar terbuka yang hanya bisa ditambah. Setiap suara masuk punya satu baris di sana."),
    ),
    Term("pembagian", N_("Pembagian"), N_("Cara uang kota dibagi menjadi pagu kecamatan. Rumusnya terbuka.")),
    Term(
        "pemeriksaan",
        N_("Pemeriksaan"),
        N_("Petugas melihat apakah usulan bisa dikerjakan kota, di lahan yang benar, dengan biaya wajar."),
    ),
    Term(
        "pemegang-kunci",
        N_("Pemegang kunci"),
        N_("Orang dari beberapa lembaga yang bersama-sama membuka kotak suara. Satu orang saja tidak bisa."),
    ),
    Term(
        "penjagaan-rembuk",
        N_("Penjagaan rembuk"),
        N_("Menjaga percakapan tetap sopan. Setiap tindakan punya alasan dan bisa dibanding."),
    ),
    Term(
        "putaran-kota",
        N_("Putaran kota"),
        N_(
            "Uang yang tersisa di semua kecamatan dikumpulkan untuk usulan yang belum didanai. "
            "Urutannya menurut bagian pemilih yang mendukung."
        ),
    ),
    Term("rab", N_("Rincian biaya (RAB)"), N_("Daftar pekerjaan dengan volume, harga satuan, dan jumlahnya.")),
    Term("rembuk", N_("Rembuk"), N_("Percakapan warga di bawah setiap usulan: mendukung, keberatan, atau bertanya.")),
    Term("saksi", N_("Saksi"), N_("Kampus, media, atau perkumpulan yang ikut memeriksa papan bukti.")),
    Term("siklus", N_("Siklus"), N_("Satu putaran dari usulan sampai pelaksanaan, biasanya satu tahun.")),
    Term(
        "simpanan-kota",
        N_("Simpanan kota"),
        N_("Uang yang tidak dibagi ke kecamatan, tetapi dipakai dalam putaran kota."),
    ),
    Term(
        "suara-anak",
        N_("Suara Anak"),
        N_(
            "Anak 10 sampai 16 tahun memilih sendiri untuk sebagian pagu kecamatannya. "
            "Suaranya dihitung terpisah dari orang dewasa."
        ),
    ),
    Term("surat-suara", N_("Surat suara"), N_("Daftar usulan yang bisa Anda pilih di kecamatan Anda.")),
    Term("titik-temu", N_("Titik temu"), N_("Ringkasan fasilitator tentang apa yang disepakati warga.")),
    Term(
        "usulan",
        N_("Usulan"),
        N_("Pekerjaan yang diminta warga untuk lingkungannya: sampah, air bersih, atau banjir."),
    ),
)
