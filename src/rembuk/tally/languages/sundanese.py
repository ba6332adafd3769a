"""Basa Sunda, in the polite register spoken to a neighbour one respects (lemes keur ka batur)."""

from rembuk.money import rupiah, thousands
from rembuk.tally.languages import LANGUAGES, Language

SUNDANESE = Language(
    money=rupiah,
    number=thousands,
    point=",",
    votes=("{n} sora", "{n} sora"),
    points=("{n} poin", "{n} poin"),
    people=("{n} urang", "{n} urang"),
    supporters=("{n} pangrojong", "{n} pangrojong"),
    each_person="saurangna",
    each_point="sapoinna",
    quoted="“{}”",
    not_counted="Ieu usulan henteu kalebet kana itungan.",
    won_rank="Dibiayaan: urutan ka-{rank} kalayan {votes}; waragad {cost} cekap dina sésa pagu {left}.",
    won_load=(
        "Dibiayaan: {supporters} nanggel waragad {cost}, kalayan beban pangageungna nu pangalitna di antawis "
        "usulan sanésna."
    ),
    won_price=(
        "Dibiayaan: {supporters} mayar babarengan waragad {cost}. {full} mayar pinuh, kirang langkung {price} "
        "{each}{rest}."
    ),
    rest="; {people} masihan sésa bagianana, jumlahna kirang langkung {money}",
    lost="Teu acan kapilih: kénging {votes}",
    not_yet="Teu acan kagaleuh dina ieu léngkah: kénging {votes}",
    held="{begin}, nanging katahan ku {limit}.",
    below_threshold="{begin}, padahal saratna sakirang-kirangna {least}.",
    not_enough="{begin}, sareng para pangrojongna babarengan mung nyepeng {behind} tina waragad {cost}.",
    stopped="{begin}, nanging itungan parantos lirén sateuacan dugi ka gilirannana.",
    does_not_fit="{begin}, nanging waragad {cost} ngalangkungan sésa pagu {left}.",
    more_votes=(" Peryogi {n} rojongan deui.", " Peryogi {n} rojongan deui."),
    more_served=(
        " Peryogi {n} rojongan deui ti pamilih nu pangsakedikna kalayanan; {less} teu acan cekap.",
        " Peryogi {n} rojongan deui ti pamilih nu pangsakedikna kalayanan; {less} teu acan cekap.",
    ),
    fitting_cost=" Upami waragadna {cost}, ieu usulan bakal dibiayaan.",
    fitting_tried=" Upami waragadna {cost}, ieu usulan bakal dibiayaan; upami {dearer} teu acan.",
    even_votes=(" Sanaos nambihan {n} rojongan, teu acan kapilih.", " Sanaos nambihan {n} rojongan, teu acan kapilih."),
    even_cost=" Sanaos waragadna {cost}, teu acan kapilih.",
    tie=" Saimbang sareng {rivals}; diputus ku {key}.",
    keys={
        "approvals": "jumlah rojongan",
        "cost": "waragad nu langkung handap",
        "seed": "undian dadu umum",
        "id": "nomer usulan",
    },
    limits={"cap": "wates {}", "group": "kelompok {}", "requires": "usulan {}", "not": "{}"},
    money_same=" Sésa pagu tetep {money}.",
    money_falls=" Sésa pagu turun ti {before} janten {after}.",
    race=" Sora éféktifna {votes}.",
    race_next=" Sora éféktifna {votes}; saterasna {rival} kalayan {rival_votes}.",
    from_fence=" Artosna tina dana husus “{fence}” nu jumlahna {floor}.",
    fence_rest=" Ieu sésa dana husus saatos itungan aturan, dianggo dumasar kana jumlah sora.",
    won_city=(
        "Dibiayaan dina putaran kota: urutan ka-{rank} kalayan {votes} atanapi {share} tina surat sora di wewengkonna; "
        "waragad {cost} cekap dina artos babarengan {left}."
    ),
    city_begin=" Dina putaran kota: urutan ka-{rank} kalayan {share} tina surat sora di wewengkonna",
    city_dear=", nanging waragad {cost} ngalangkungan artos babarengan {left}.",
    city_held=", nanging katahan ku {limit}.",
    city_cap="wates putaran kota kanggo {area}",
    reserve=" Janten cadangan ka-{place}.",
)
LANGUAGES.put("su")(SUNDANESE)
