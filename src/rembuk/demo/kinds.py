"""Kinds of invented proposals that fill the demo's ballots, priced from the city pack's illustrative catalogue."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One kind of work: title and texts with {rw} and {kelurahan}, cost lines (catalogue key, least, most volume)."""

    issue: str
    title: str
    problem: str
    proposed: str
    lines: tuple[tuple[str, int, int], ...]


KINDS: tuple[Kind, ...] = (
    Kind(
        "waste",
        "Bank sampah warga RW {rw}",
        "Barang layak jual masih tercampur dan terbuang. Belum ada tempat menimbang di RW {rw} {kelurahan}.",
        "Pos bank sampah kecil dengan timbangan dan rak pilah, buka dua kali seminggu.",
        (("bangunan", 8, 16), ("timbang", 1, 1), ("rakpilah", 1, 3), ("papan", 1, 1)),
    ),
    Kind(
        "waste",
        "Loseda di gang RW {rw}",
        "Sisa dapur membuat gerobak cepat penuh dan bau. Halaman rumah di RW {rw} sempit.",
        "Loseda pipa 4 inci di tepi gang dan pelatihan warga memakainya.",
        (("loseda", 60, 160), ("latih", 1, 3), ("damping", 1, 3)),
    ),
    Kind(
        "waste",
        "Gerobak terpilah RW {rw}",
        "Gerobak lama bercampur, sehingga warga yang memilah merasa sia-sia.",
        "Gerobak bersekat, tong roda per gang, dan jadwal angkut dua jenis.",
        (("gerobak", 2, 4), ("tong2", 6, 14), ("latih", 1, 2)),
    ),
    Kind(
        "waste",
        "Rumah maggot RW {rw}",
        "Sisa makanan dari warung dan rumah belum terolah di RW {rw} {kelurahan}.",
        "Kandang maggot bersama dengan biopond dan pendamping tiga bulan.",
        (("kandang", 1, 1), ("biopond", 10, 25), ("telur", 10, 30), ("damping", 2, 4)),
    ),
    Kind(
        "waste",
        "Tong pilah dan kamera titik buang RW {rw}",
        "Pojok jalan di RW {rw} sering jadi tempat buang liar pada malam hari.",
        "Tong pilah tiga warna, kamera, lampu surya, dan papan informasi.",
        (("tong3", 6, 12), ("cctv", 2, 3), ("lampu", 2, 4), ("papan", 1, 2)),
    ),
    Kind(
        "clean_water",
        "Tandon 5.000 liter RW {rw}",
        "Air hanya mengalir malam hari. Warga gang atas RW {rw} menunggu giliran.",
        "Satu tandon 5.000 liter dengan menara, pipa, dan kran umum.",
        (("tandon5", 1, 1), ("menara", 1, 1), ("pipa25", 60, 150), ("kran", 3, 6)),
    ),
    Kind(
        "clean_water",
        "Sumur bor bersama RW {rw}",
        "Sumur warga RW {rw} {kelurahan} kering tiap kemarau.",
        "Sumur bor komunal dengan pompa, tandon, dan uji air.",
        (("bor", 60, 90), ("subm", 1, 1), ("tandon2", 1, 2), ("lab", 2, 2), ("listrik", 1, 1)),
    ),
    Kind(
        "clean_water",
        "Penyaring air sumur RW {rw}",
        "Air sumur keruh dan berbau besi, terutama setelah hujan.",
        "Tabung penyaring dan ultrafiltrasi untuk sumur bersama, diuji dua kali.",
        (("frp", 2, 4), ("uf", 1, 1), ("lab", 2, 4)),
    ),
    Kind(
        "clean_water",
        "Pemanen air hujan RW {rw}",
        "Air bersih mahal pada musim kemarau dan jalan tergenang pada musim hujan.",
        "Talang, saringan, dan tangki di mushala, posyandu, dan balai RW {rw}.",
        (("pah", 3, 6), ("latih", 1, 1)),
    ),
    Kind(
        "clean_water",
        "Pipa air gang belakang RW {rw}",
        "Rumah di gang belakang belum tersambung jaringan air.",
        "Pipa HDPE dan sambungan rumah bermeter untuk warga gang belakang.",
        (("pipa63", 120, 260), ("sr", 12, 26)),
    ),
    Kind(
        "flood",
        "Sumur resapan RW {rw}",
        "Air hujan turun cepat ke gang dan masuk rumah di bagian bawah RW {rw}.",
        "Sumur resapan di halaman dan fasum, dikerjakan padat karya.",
        (("resapan", 6, 14), ("hok", 30, 60)),
    ),
    Kind(
        "flood",
        "Saluran U-ditch RW {rw}",
        "Saluran tanah mudah runtuh dan penuh endapan di RW {rw} {kelurahan}.",
        "U-ditch 40×60 dengan tutup di depan rumah dan bak kontrol.",
        (("u46", 60, 110), ("tutup46", 20, 50), ("grill", 3, 6)),
    ),
    Kind(
        "flood",
        "Drumpori dan biopori RW {rw}",
        "Halaman sudah tertutup semen, sehingga hujan sebentar pun menggenang.",
        "Drumpori di titik rendah dan lubang biopori di halaman warga.",
        (("drum", 25, 50), ("biopori", 100, 200), ("hok", 20, 40)),
    ),
    Kind(
        "flood",
        "Regu siaga banjir RW {rw}",
        "Saat banjir warga RW {rw} saling mencari perahu dan kabar.",
        "Sensor muka air, radio, pelampung, perahu karet, dan latihan.",
        (("ews", 1, 1), ("ht", 4, 8), ("pelampung", 15, 30), ("perahu", 1, 1), ("latih", 1, 2)),
    ),
    Kind(
        "flood",
        "Pengerukan saluran RW {rw}",
        "Saluran dangkal karena endapan dan sampah, air meluap ke jalan.",
        "Pengerukan endapan, angkut buang, dan saringan sampah.",
        (("keruk", 90, 200), ("buang", 90, 200), ("saring", 1, 2)),
    ),
    Kind(
        "flood",
        "Pintu air dan pompa kecil RW {rw}",
        "Air sungai berbalik masuk saluran warga RW {rw} saat hujan deras.",
        "Pintu air manual, pompa 4 inci, dan regu penjaga.",
        (("pintu", 1, 2), ("pompa4", 1, 2), ("karungpasir", 200, 400), ("latih", 1, 1)),
    ),
)
