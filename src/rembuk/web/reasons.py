"""Why the web floor itself says no, before any room is asked."""

from rembuk.errors import N_, Reason


class Web(Reason):
    """Refusals that belong to every page."""

    BAD_REQUEST = (400, N_("Permintaan ini tidak bisa dibaca. Periksa alamat atau isian, lalu coba lagi."))
    SIGN_IN = (401, N_("Masuk dulu untuk membuka halaman ini."))
    NOT_YOURS = (
        403,
        N_("Halaman ini bukan untuk peran Anda. Masuk dengan akun lain atau kembali ke beranda."),
    )
    STALE_FORM = (403, N_("Halaman tadi sudah terlalu lama terbuka. Isian Anda masih ada di bawah."))
    FOREIGN_FORM = (
        403,
        N_("Kiriman ini datang dari situs lain, jadi tidak kami terima. Buka halamannya di sini."),
    )
    NOT_FOUND = (404, N_("Halaman ini tidak ada."))
    METHOD = (405, N_("Halaman ini tidak bisa dibuka dengan cara itu."))
    CHANGED = (409, N_("Isinya sudah berubah. Muat ulang halaman, lalu coba lagi."))
    TOO_LARGE = (413, N_("Kiriman terlalu besar. Pilih berkas yang lebih kecil."))
    TOO_MANY_FIELDS = (413, N_("Isian terlalu banyak dalam satu kiriman."))
    URL_TOO_LONG = (414, N_("Alamat halaman terlalu panjang."))
    WRONG_KIND = (415, N_("Jenis kiriman ini tidak kami kenal."))
    HOST = (421, N_("Alamat situs ini tidak kami kenal."))
    INVALID = (422, N_("Ada isian yang perlu diperbaiki."))
    TOO_OFTEN = (429, N_("Terlalu sering. Coba lagi {minutes} menit."))
    HEADERS_TOO_LARGE = (431, N_("Permintaan ini terlalu besar."))
    OURS = (500, N_("Ada kesalahan di pihak kami. Coba lagi sebentar lagi."))
    BUSY = (503, N_("Sistem sedang sibuk. Coba lagi sebentar lagi."))
