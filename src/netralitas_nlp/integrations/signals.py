"""The six signals explained: what each means, with examples, and which provisions it may touch.

A signal says what a text does. Whether a rule applies depends on who wrote it, when, where and
in which office, and none of that is in a text; so a provision stands here as possible relevance
to look up, never as a finding.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from netralitas_nlp.model.assessment import SIGNALS

__all__ = [
    "CAVEATS",
    "EXPLAINED",
    "PROVISIONS",
    "Explanation",
    "Provision",
    "signals_dict",
    "signals_markdown",
    "signals_text",
]


@dataclass(frozen=True)
class Provision:
    """A rule that somebody who reads a text may want to look up.

    Attributes
    ----------
    norm : str
        Its place, as it is cited in Indonesian.
    indonesian, english : str
        What it is about, shortened.
    sources : tuple of str
        Public pages on which this was read.
    """

    norm: str
    indonesian: str
    english: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Explanation:
    """One signal in both languages.

    Attributes
    ----------
    signal : str
    indonesian, english : str
        What the writer does.
    examples : tuple of (str, str)
        Invented texts that show it, each with an English rendering.
    contrast : (str, str)
        An invented text with like words that does not show it.
    provisions : tuple of str
        Keys of `PROVISIONS`.
    caveat : (str, str)
        What to keep in mind about these provisions, Indonesian and English.
    """

    signal: str
    indonesian: str
    english: str
    examples: tuple[tuple[str, str], ...]
    contrast: tuple[str, str]
    provisions: tuple[str, ...]
    caveat: tuple[str, str]


_KALTENG = (
    "https://www.kaltenglima.com/nasional/amp/35113948490/"
    "hati-hati-ini-bentuk-pelanggaran-asn-pada-pilkada-2024"
)
_BKN = (
    "https://medan.bkn.go.id/2023/10/"
    "apa-pelanggaran-disiplin-dan-jenis-sanksi-atas-pelanggaran-netralitas-pegawai-asn"
)
_SKB = (_KALTENG, _BKN)
_PP = ("https://rmol.id/amp/2021/09/14/504341/",)

PROVISIONS: dict[str, Provision] = {
    "skb-1": Provision(
        "SKB Nomor 2 Tahun 2022, Lampiran II: kode etik 1, disiplin 1",
        "memasang spanduk, baliho, atau alat peraga lain terkait (bakal) calon",
        "putting up banners, billboards or other campaign material of an (aspiring) candidate",
        _SKB,
    ),
    "skb-2": Provision(
        "SKB Nomor 2 Tahun 2022, Lampiran II: kode etik 2, disiplin 2",
        "sosialisasi atau kampanye lewat media sosial atau daring bagi (bakal) calon",
        "promoting or campaigning for an (aspiring) candidate on social media or online",
        _SKB,
    ),
    "skb-attend": Provision(
        "SKB Nomor 2 Tahun 2022, Lampiran II: kode etik 3 dan 6, disiplin 4",
        "menghadiri deklarasi atau kampanye dengan dukungan aktif; ikut kegiatan kampanye",
        "attending a declaration or rally with active support; joining campaign activities",
        _SKB,
    ),
    "skb-post": Provision(
        "SKB Nomor 2 Tahun 2022, Lampiran II: kode etik 4, disiplin 6",
        "membuat posting, komentar, berbagi, menyukai, bergabung atau mengikuti grup atau akun "
        "pemenangan (bakal) calon",
        "posting, commenting, sharing, liking, joining or following groups or accounts that campaign "
        "for an (aspiring) candidate",
        _SKB,
    ),
    "skb-photo": Provision(
        "SKB Nomor 2 Tahun 2022, Lampiran II: kode etik 5, disiplin 7",
        "memposting, di media yang dapat diakses publik, foto bersama (bakal) calon; bersama tim "
        "sukses dengan simbol keberpihakan atau atribut partai; atau bersama alat peraga",
        "posting, where the public can see it, a photo with an (aspiring) candidate; with a campaign "
        "team and symbols of support or party attributes; or with campaign material",
        _SKB,
    ),
    "skb-activity": Provision(
        "SKB Nomor 2 Tahun 2022, Lampiran II: disiplin 8",
        "mengadakan kegiatan yang mengarah kepada keberpihakan: pertemuan, ajakan, imbauan, seruan, "
        "pemberian barang kepada ASN di unit kerja, keluarga, dan masyarakat",
        "holding activities that lean to a side: meetings, invitations, appeals, calls, gifts to "
        "civil servants of the unit, family and the public",
        (_BKN,),
    ),
    "skb-team": Provision(
        "SKB Nomor 2 Tahun 2022, Lampiran II: disiplin 5, 9, dan 10",
        "menjadi anggota atau pengurus partai politik; menjadi tim ahli, tim pemenangan, atau "
        "konsultan bagi partai atau (bakal) calon",
        "being a member or officer of a political party; being on the expert or campaign team of a "
        "party or (aspiring) candidate, or a consultant",
        (_BKN,),
    ),
    "skb-approach": Provision(
        "SKB Nomor 2 Tahun 2022, Lampiran II: disiplin 3",
        "mendekati partai politik, atau masyarakat bagi jalur perseorangan, sebagai bakal calon tanpa "
        "cuti di luar tanggungan negara",
        "approaching parties, or the public for an independent bid, as an aspiring candidate without "
        "being on unpaid leave",
        (_BKN,),
    ),
    "skb-spouse": Provision(
        "SKB Nomor 2 Tahun 2022, Lampiran II: kode etik 7",
        "mengikuti deklarasi atau kampanye suami atau istri yang menjadi calon tanpa cuti di luar "
        "tanggungan negara",
        "joining a declaration or rally of a spouse who is a candidate without being on unpaid leave",
        (_KALTENG,),
    ),
    "skb-ktp": Provision(
        "SKB Nomor 2 Tahun 2022, Lampiran II: disiplin 11",
        "mendukung bakal calon perseorangan (kepala daerah atau DPD) dengan surat dukungan atau "
        "mengumpulkan fotokopi KTP",
        "supporting an independent aspirant (head of a region, or senator) by letters of support or "
        "by collecting copies of identity cards",
        (_BKN,),
    ),
    "skb-decision": Provision(
        "SKB Nomor 2 Tahun 2022, Lampiran II: disiplin 12",
        "membuat keputusan atau tindakan yang dapat menguntungkan atau merugikan partai atau calon, "
        "sebelum, selama, dan sesudah masa kampanye",
        "decisions or acts that can help or harm a party or candidate, before, during and after the "
        "campaign",
        (_BKN,),
    ),
    "pp-1-2": Provision(
        "PP 94/2021 Pasal 5 huruf n angka 1 dan 2",
        "ikut kampanye; menjadi peserta kampanye dengan atribut partai atau atribut PNS",
        "joining a campaign; taking part with party or civil-service attributes",
        _PP,
    ),
    "pp-3-4": Provision(
        "PP 94/2021 Pasal 5 huruf n angka 3 dan 4",
        "mengerahkan PNS lain; menggunakan fasilitas negara",
        "mobilising other civil servants; using state facilities",
        _PP,
    ),
    "pp-5": Provision(
        "PP 94/2021 Pasal 5 huruf n angka 5",
        "keputusan atau tindakan yang menguntungkan atau merugikan sebelum, selama, dan sesudah "
        "masa kampanye",
        "decisions or acts that help or harm, before, during and after the campaign",
        _PP,
    ),
    "pp-6": Provision(
        "PP 94/2021 Pasal 5 huruf n angka 6",
        "kegiatan yang mengarah kepada keberpihakan: pertemuan, ajakan, imbauan, seruan, pemberian "
        "barang",
        "activities that lean to a side: meetings, invitations, appeals, calls, gifts",
        _PP,
    ),
    "pp-7": Provision(
        "PP 94/2021 Pasal 5 huruf n angka 7",
        "surat dukungan disertai fotokopi KTP",
        "letters of support with copies of identity cards",
        _PP,
    ),
    "uu7-280": Provision(
        "UU 7/2017 Pasal 280 ayat (2) huruf f dan ayat (3)",
        "pelaksana dan tim kampanye dilarang mengikutsertakan ASN; ASN dilarang menjadi pelaksana "
        "atau tim kampanye",
        "campaigners and teams may not involve civil servants; these may not be campaigners",
        ("https://www.lajur.co/uu-pemilu-asn-jadi-tim-kampanye-bisa-dipenjara-1-tahun/",),
    ),
    "uu7-282": Provision(
        "UU 7/2017 Pasal 282",
        "pejabat negara, pejabat struktural dan fungsional, serta kepala desa dilarang membuat "
        "keputusan atau tindakan yang menguntungkan atau merugikan peserta pemilu selama masa kampanye",
        "state officials, structural and functional office-holders and village heads may not decide "
        "or act to help or harm a contestant during the campaign",
        (
            "https://falihmedia.com/"
            "kepala-desa-dilarang-terlibat-kampanye-upaya-penguatan-netralitas-pemimpin-desa",
        ),
    ),
    "uu7-283": Provision(
        "UU 7/2017 Pasal 283 ayat (1) dan (2)",
        "pejabat negara, pejabat struktural dan fungsional, serta ASN lainnya dilarang mengadakan "
        "kegiatan yang mengarah kepada keberpihakan sebelum, selama, dan sesudah masa kampanye: "
        "pertemuan, ajakan, imbauan, seruan, pemberian barang",
        "state officials, structural and functional office-holders and other civil servants may not "
        "hold activities that lean to a side before, during and after the campaign: meetings, "
        "invitations, appeals, calls, gifts",
        (
            "https://jabarnews.com/daerah/"
            "pemilu-2024-bawaslu-purwakarta-ingatkan-asn-dan-kades-soal-ini/2",
        ),
    ),
    "uu10-70": Provision(
        "UU 10/2016 Pasal 70 ayat (1) huruf b dan c",
        "pasangan calon dilarang melibatkan ASN, Polri, TNI, kepala desa atau lurah",
        "tickets may not involve civil servants, police, army, village or ward heads",
        ("https://www.realitasonline.id/sumut/102413862233/",),
    ),
    "uu10-71": Provision(
        "UU 10/2016 Pasal 71 ayat (1)",
        "pejabat negara, pejabat daerah, pejabat ASN, anggota TNI/Polri, dan kepala desa atau sebutan "
        "lain/lurah dilarang membuat keputusan atau tindakan yang menguntungkan atau merugikan salah "
        "satu pasangan calon",
        "state, regional and civil-service officials, members of the army and police and village or "
        "ward heads may not decide or act to help or harm a ticket",
        ("https://sinpo.id/detail/84880/", "https://www.ayosemarang.com/umum/7713982368/"),
    ),
}
"""Provisions by a short key."""

EXPLAINED: dict[str, Explanation] = {
    item.signal: item
    for item in (
        Explanation(
            "dukungan",
            "menyatakan dukungan, memuji kelayakan, atau berharap seorang kontestan menang",
            "states support, praise of fitness, or hope of winning for a contestant",
            (
                (
                    "Buat saya cuma Bu Rina yang pantas jadi wali kota kita.",
                    "To me only Bu Rina is fit to be our mayor.",
                ),
                (
                    "Semoga Pak Burhan menang satu putaran, saya dukung penuh.",
                    "May Pak Burhan win in the first round, he has my full support.",
                ),
            ),
            (
                "Terima kasih Pak Bupati, jembatan kampung kami sudah selesai diperbaiki.",
                "Thank you, Pak Bupati, the bridge of our village has been repaired.",
            ),
            ("skb-2", "skb-post"),
            (
                "Menyukai, berbagi, dan mengikuti akun tidak tampak dalam teks. Dukungan warga biasa "
                "adalah haknya.",
                "Likes, shares and follows are not visible in a text. Support by an ordinary citizen "
                "is that citizen's right.",
            ),
        ),
        Explanation(
            "ajakan",
            "mengajak orang lain memilih, berkampanye, atau bergabung",
            "calls on others to vote, campaign or join",
            (
                (
                    "Ayo coblos nomor 2, ajak keluarga ke TPS dan menangkan Bu Rina!",
                    "Let's vote for number 2, take the family along and make Bu Rina win!",
                ),
                (
                    "Jangan lupa pilih Pak Burhan hari Rabu nanti ya, kawan-kawan.",
                    "Friends, don't forget to choose Pak Burhan on Wednesday.",
                ),
            ),
            (
                "Jangan golput, datang ke TPS hari Rabu dan gunakan hak pilih Anda.",
                "Don't abstain, come to the polling station on Wednesday and use your vote.",
            ),
            ("skb-2", "skb-post", "skb-activity", "pp-6", "uu7-283"),
            (
                "Baris tentang ajakan dan seruan menyebut kegiatan; satu kalimat belum tentu kegiatan.",
                "The rows on invitations and calls speak of activities; one sentence need not be one.",
            ),
        ),
        Explanation(
            "serangan",
            "menyerang, mengejek, atau menolak seorang kontestan; menyerukan agar ia tidak dipilih",
            "attacks, mocks or rejects a contestant; calls not to vote for it",
            (
                (
                    "Jangan pilih petahana itu lagi, lima tahun cuma tukang bohong.",
                    "Don't vote for that incumbent again, five years of nothing but lies.",
                ),
                (
                    "Paslon nomor satu tidak becus, jangan sampai mereka menang.",
                    "Ticket number one is useless, they must not win.",
                ),
            ),
            (
                "Pak Gubernur, jalan di desa kami rusak sejak banjir, tolong diperbaiki.",
                "Governor, the road in our village has been broken since the flood, please mend it.",
            ),
            ("skb-post", "skb-decision", "pp-5"),
            (
                "Tidak satu pun ketentuan yang kami baca memakai kata \"serangan\"; yang disebut ialah "
                "unggahan dan tindakan yang merugikan calon. Kritik kebijakan bukan serangan.",
                "No row that we have read names attacks in that word; they name posts, and acts that "
                "harm a candidate. Criticism of a policy is no attack.",
            ),
        ),
        Explanation(
            "atribut",
            "menampilkan simbol kampanye: nomor urut, gestur, slogan, tagar, nama paslon",
            "shows a campaign symbol: ballot number, gesture, slogan, hashtag, name of a ticket",
            (
                (
                    "Salam dua jari untuk paslon nomor dua! #MenangkanBuRina",
                    "Two fingers up for ticket number two! #MakeBuRinaWin",
                ),
                (
                    "Pakai kaus nomor tiga, salam tiga jari #BurhanBupati",
                    "Wearing the shirt of number three, three-finger salute #BurhanBupati",
                ),
            ),
            (
                "KPU menetapkan nomor urut tiga pasangan calon bupati Kamis malam.",
                "The commission fixed the ballot numbers of three tickets on Thursday night.",
            ),
            ("skb-1", "skb-photo", "pp-1-2"),
            (
                "Foto tidak dibaca, hanya keterangannya. Daftar pose jari yang beredar saling berbeda "
                "dan bukan bunyi SKB yang kami baca (\"simbol keberpihakan\"). Sebuah angka hanya "
                "bermakna bila pemilihan, tanggal, dan daerahnya diketahui.",
                "Photos are not read, only their captions. The lists of banned finger poses disagree "
                "and are not the wording of the SKB that we read (\"symbols of support\"). A number "
                "means something only with its election, date and region.",
            ),
        ),
        Explanation(
            "keterlibatan",
            "menceritakan perannya sendiri dalam kampanye: tim, deklarasi, mengumpulkan KTP, pencalonan",
            "tells of one's own part in a campaign: team, rally, collecting identity cards, candidacy",
            (
                (
                    "Saya relawan Pak Burhan, besok kami bagi kaus dan pasang spanduk lagi.",
                    "I volunteer for Pak Burhan, tomorrow we hand out shirts and put up banners.",
                ),
                (
                    "Kami tim sukses Bu Rina siap kawal suara sampai menang.",
                    "We, the campaign team of Bu Rina, will guard the votes until she wins.",
                ),
            ),
            (
                "Saya petugas KPPS, besok ikut pelatihan penghitungan suara.",
                "I am a polling officer, tomorrow I go to the training on counting votes.",
            ),
            (
                "skb-attend", "skb-team", "skb-approach", "skb-spouse", "skb-ktp", "pp-1-2", "pp-7",
                "uu7-280", "uu10-70",
            ),
            (
                "ASN yang suami atau istrinya menjadi calon, dan yang sedang cuti di luar tanggungan "
                "negara, boleh mendampingi, hadir tanpa aktif, dan berfoto tanpa gerakan simbol. "
                "Mendengarkan kampanye tanpa ikut serta berbeda dari mendukung.",
                "A civil servant married to a candidate, while on unpaid leave, may accompany, attend "
                "without taking part, and be photographed without gestures. Listening to a campaign "
                "is not supporting it.",
            ),
        ),
        Explanation(
            "wewenang",
            "memakai jabatan, sarana negara, perintah, pemberian, atau ancaman bagi kontestan",
            "uses office, state means, orders, gifts or threats for a contestant",
            (
                (
                    "Sesuai arahan pimpinan seluruh staf WAJIB hadir, kita menangkan Pak Rahmat nomor 2.",
                    "As directed by the head all staff MUST attend, we make Pak Rahmat, number 2, win.",
                ),
                (
                    "Yang tidak memilih petahana siap-siap dimutasi, absen saya pegang.",
                    "Whoever does not vote for the incumbent will be transferred, I keep the list.",
                ),
            ),
            (
                "Kami honorer dipaksa memasang stiker calon oleh kepala dinas, mohon Bawaslu turun "
                "tangan.",
                "We contract staff are forced by the head of office to put up a candidate's stickers; "
                "Bawaslu, please step in.",
            ),
            (
                "skb-activity", "skb-decision", "pp-3-4", "pp-5", "pp-6", "uu7-282", "uu7-283",
                "uu10-71",
            ),
            (
                "Orang yang melaporkan paksaan memakai kata-kata yang sama dengan pemaksanya. "
                "Periksa siapa yang berbicara, dan lindungi pelapor.",
                "Whoever reports coercion uses the words of the one who coerced. Check who speaks, "
                "and protect the one who reports.",
            ),
        ),
    )
}  # fmt: skip
"""The six signals, in the order of `SIGNALS`."""

CAVEATS: tuple[tuple[str, str], ...] = (
    (
        "Sinyal adalah bacaan mesin atas satu teks. Ketentuan dicantumkan karena mungkin relevan dan "
        "patut diperiksa, bukan sebagai kesimpulan. Ketentuan ini mengikat ASN dan pejabat tertentu; "
        "sebuah teks tidak menyebutkan siapa penulisnya.",
        "A signal is a machine's reading of one text. Provisions stand here as possible relevance to "
        "look up, not as a conclusion. They bind civil servants and certain officials; a text does "
        "not say who wrote it.",
    ),
    (
        'Tanggal menentukan: sebelum penetapan calon umumnya berlaku tabel kode etik ("bakal calon"), '
        "sesudahnya tabel disiplin. Teks yang sama dapat masuk baris yang berbeda.",
        "The date decides: before candidates are fixed it is mostly the table of ethics that applies "
        '("bakal calon"), afterwards that of discipline. The same text can belong to different rows.',
    ),
    (
        "SKB ini bernomor 2 Tahun 2022 (22 September 2022), bersama nomor 800-5474, 246, 30, dan "
        '1447.1/PM.01/K.1/09/2022; sebutan "Nomor 22 Tahun 2022" yang beredar keliru. Bunyinya kami '
        "baca dari pemindaian dan laman publik, bukan lembaran resmi: periksa naskah aslinya.",
        "This SKB is number 2 of 2022 (22 September 2022), with 800-5474, 246, 30 and "
        '1447.1/PM.01/K.1/09/2022; "number 22 of 2022", which circulates, is wrong. We read it from '
        "a scan and from public pages, not from the gazette: check the original.",
    ),
    (
        "Sejak Agustus 2024 tugas KASN ditangani BKN dan Kementerian PANRB; Mahkamah Konstitusi "
        "(121/PUU-XXII/2024, 16 Oktober 2025) memerintahkan pembentukan lembaga pengawas independen "
        "dalam dua tahun. Pasal sanksi untuk tiap baris belum kami pastikan.",
        "Since August 2024 BKN and the ministry PANRB handle what KASN did; the Constitutional Court "
        "(121/PUU-XXII/2024, 16 October 2025) ordered an independent body within two years. We did "
        "not confirm the article on sanctions for each row.",
    ),
    (
        "Dari 1.280 akun yang diteruskan pada 2019, 127 dinyatakan Bawaslu memang bermasalah; dari 805 "
        "dugaan hingga Oktober 2020, 81 dinyatakan tidak bermasalah. Bacalah teksnya, simpan aslinya, "
        "mintalah dua orang membaca, dan beri hak jawab.",
        "Of 1,280 accounts passed on in 2019 Bawaslu upheld 127; of 805 suspicions up to October "
        "2020, 81 were cleared. Read the text, keep the original, have two readers, and grant a "
        "right of reply.",
    ),
)
"""What to keep in mind about all of it, Indonesian and English."""


def signals_dict() -> dict[str, Any]:
    """Everything of this module, JSON-ready.

    Returns
    -------
    dict
        ``signals``, each with its provisions written out, and ``caveats``.

    Examples
    --------
    >>> list(signals_dict()["signals"])
    ['dukungan', 'ajakan', 'serangan', 'atribut', 'keterlibatan', 'wewenang']
    """
    signals = {
        name: {
            **asdict(EXPLAINED[name]),
            "provisions": [asdict(PROVISIONS[key]) for key in EXPLAINED[name].provisions],
        }
        for name in SIGNALS
    }
    return {
        "signals": signals,
        "caveats": [{"indonesian": left, "english": right} for left, right in CAVEATS],
    }


def _text() -> Iterator[str]:
    for name in SIGNALS:
        item = EXPLAINED[name]
        yield name.upper()
        yield f"  {item.indonesian}"
        yield f"  {item.english}"
        for own, english in item.examples:
            yield f"  + {own}"
            yield f"    {english}"
        yield f"  - {item.contrast[0]}"
        yield f"    {item.contrast[1]}"
        yield "  mungkin relevan / possibly relevant:"
        for key in item.provisions:
            provision = PROVISIONS[key]
            yield f"    {provision.norm}"
            yield f"      {provision.indonesian}"
            yield f"      {provision.english}"
        yield f"  ! {item.caveat[0]}"
        yield f"    {item.caveat[1]}"
        yield ""
    for own, english in CAVEATS:
        yield f"! {own}"
        yield f"  {english}"


def signals_text() -> str:
    """The explanation as plain text, both languages.

    Returns
    -------
    str
    """
    return "\n".join(_text())


def _page() -> Iterator[str]:
    yield "# Signals explained"
    yield ""
    yield (
        "`netralitas info --signals` prints this page; `--format json` gives it to machines. The "
        "examples are invented. **+** shows the signal, **−** has like words and does not."
    )
    for name in SIGNALS:
        item = EXPLAINED[name]
        yield f"\n## `{name}`\n"
        yield f"Penulis {item.indonesian}.\n"
        yield f"*The writer {item.english}.*\n"
        for own, english in item.examples:
            yield f"- **+** {own} *({english})*"
        yield f"- **−** {item.contrast[0]} *({item.contrast[1]})*"
        yield "\n| mungkin relevan / possibly relevant | tentang / about | dibaca di / read at |"
        yield "|---|---|---|"
        for key in item.provisions:
            provision = PROVISIONS[key]
            pages = ", ".join(f"[{i}]({url})" for i, url in enumerate(provision.sources, 1))
            yield f"| {provision.norm} | {provision.indonesian} *({provision.english})* | {pages} |"
        yield f"\n{item.caveat[0]} *({item.caveat[1]})*"
    yield "\n## Keep in mind\n"
    for own, english in CAVEATS:
        yield f"- {own} *({english})*"


def signals_markdown() -> str:
    """The explanation as a page of the documentation.

    Returns
    -------
    str
    """
    return "\n".join(_page()) + "\n"
