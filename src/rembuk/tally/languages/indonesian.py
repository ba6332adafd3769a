"""Bahasa Indonesia: short sentences, no exclamation marks, no dashes (pages.md §6)."""

from rembuk.money import rupiah, thousands
from rembuk.tally.languages import LANGUAGES, Language

INDONESIAN = Language(
    money=rupiah,
    number=thousands,
    point=",",
    votes=("{n} suara", "{n} suara"),
    points=("{n} poin", "{n} poin"),
    people=("{n} orang", "{n} orang"),
    supporters=("{n} pendukung", "{n} pendukung"),
    each_person="per orang",
    each_point="per poin",
    quoted="“{}”",
    not_counted="Usulan ini tidak ikut dihitung.",
    won_rank="Didanai: urutan ke-{rank} dengan {votes}; biaya {cost} muat dalam sisa pagu {left}.",
    won_load=(
        "Didanai: {supporters} memikul biaya {cost}, dengan beban tertinggi yang paling kecil di antara usulan lain."
    ),
    won_price=(
        "Didanai: {supporters} membayar bersama biaya {cost}. {full} membayar penuh, sekitar {price} {each}{rest}."
    ),
    rest="; {people} memberikan sisa bagiannya, berjumlah sekitar {money}",
    lost="Belum terpilih: mendapat {votes}",
    not_yet="Belum terbeli pada langkah ini: mendapat {votes}",
    held="{begin}, tetapi tertahan oleh {limit}.",
    below_threshold="{begin}, sedangkan syaratnya paling sedikit {least}.",
    not_enough="{begin}, dan pendukungnya bersama hanya memegang {behind} dari biaya {cost}.",
    stopped="{begin}, tetapi penghitungan sudah berhenti sebelum gilirannya.",
    does_not_fit="{begin}, tetapi biaya {cost} melebihi sisa pagu {left}.",
    more_votes=(" Perlu {n} dukungan lagi.", " Perlu {n} dukungan lagi."),
    more_served=(
        " Perlu {n} dukungan lagi dari pemilih yang paling sedikit terlayani; {less} belum cukup.",
        " Perlu {n} dukungan lagi dari pemilih yang paling sedikit terlayani; {less} belum cukup.",
    ),
    fitting_cost=" Dengan biaya {cost}, usulan ini akan didanai.",
    fitting_tried=" Dengan biaya {cost}, usulan ini akan didanai; dengan {dearer} belum.",
    even_votes=(" Dengan {n} dukungan lagi pun belum terpilih.", " Dengan {n} dukungan lagi pun belum terpilih."),
    even_cost=" Dengan biaya {cost} pun belum terpilih.",
    tie=" Seri dengan {rivals}; diputus oleh {key}.",
    keys={
        "approvals": "jumlah dukungan",
        "cost": "biaya yang lebih rendah",
        "seed": "undian dadu publik",
        "id": "nomor usulan",
    },
    limits={"cap": "batas {}", "group": "kelompok {}", "requires": "usulan {}", "not": "{}"},
    money_same=" Sisa pagu tetap {money}.",
    money_falls=" Sisa pagu turun dari {before} menjadi {after}.",
    race=" Suara efektifnya {votes}.",
    race_next=" Suara efektifnya {votes}; berikutnya {rival} dengan {rival_votes}.",
    from_fence=" Uangnya dari dana khusus “{fence}” sebesar {floor}.",
    fence_rest=" Ini bagian dana khusus yang tersisa setelah hitungan aturan, dipakai menurut jumlah suara.",
    won_city=(
        "Didanai di putaran kota: urutan ke-{rank} dengan {votes} atau {share} dari surat suara di wilayahnya; "
        "biaya {cost} muat dalam uang bersama {left}."
    ),
    city_begin=" Di putaran kota: urutan ke-{rank} dengan {share} dari surat suara di wilayahnya",
    city_dear=", tetapi biaya {cost} melebihi uang bersama {left}.",
    city_held=", tetapi tertahan oleh {limit}.",
    city_cap="batas putaran kota untuk {area}",
    reserve=" Menjadi cadangan ke-{place}.",
)
LANGUAGES.put("id")(INDONESIAN)
