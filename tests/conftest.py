"""Fixtures shared by all tests; the posts below were written for this suite."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from netralitas_nlp import Scorer
from netralitas_nlp.training import PartisanshipClassifier

ROOT = Path(__file__).resolve().parents[1]

# a shell that starts the tests in the background lets them, and all they start, ignore Ctrl-C
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _longest_field() -> Iterator[None]:
    """Whoever reads a table sets the longest field for the whole process."""
    before = csv.field_size_limit()
    yield
    csv.field_size_limit(before)


_PARTISAN = {
    "Ayo coblos nomor dua hari Rabu nanti, ajak sekeluarga!": "ajakan",
    "Menangkan Bu Rina, pilih nomor tiga": "ajakan",
    "Jangan lupa coblos paslon nomor satu ya": "ajakan",
    "Mari rapatkan barisan dan pilih Pak Burhan": "ajakan",
    "Pilih yang muda, coblos nomor empat di TPS": "ajakan",
    "Ajak tetangga coblos nomor dua, satu suara berharga": "ajakan",
    "Saya dukung Pak Burhan jadi bupati": "dukungan",
    "Dukung penuh Bu Rina untuk wali kota kita": "dukungan",
    "Kami siap mendukung paslon nomor dua sampai menang": "dukungan",
    "Cuma Pak Burhan yang pantas memimpin kabupaten ini": "dukungan",
    "Bu Rina menang satu putaran, insya Allah": "dukungan",
    "Pak Burhan terbaik, lanjutkan dua periode": "dukungan",
    "Petahana gagal total, jangan pilih dia lagi": "serangan",
    "Calon nomor satu cuma tukang bohong": "serangan",
    "Jangan pilih pemimpin yang tidak becus itu": "serangan",
    "Ganti bupati, sudah cukup dibohongi": "serangan",
    "Salam tiga jari untuk paslon nomor tiga": "atribut",
    "Pakai kaus nomor dua, salam dua jari": "atribut",
    "#MenangkanBurhan nomor dua harga mati": "atribut",
    "Baliho Bu Rina sudah kami pasang di tiap gang": "keterlibatan atribut",
    "Saya relawan Pak Burhan, besok bagi kaus lagi": "keterlibatan",
    "Kami tim sukses Bu Rina siap kawal suara": "keterlibatan",
    "Habis apel kami pasang spanduk paslon nomor dua": "keterlibatan",
    "Semua staf wajib memilih nomor satu, perintah kepala dinas": "wewenang",
    "Yang tidak coblos petahana akan dimutasi, kata camat": "wewenang",
    "Kepala desa diperintahkan memenangkan petahana": "wewenang",
    "Ayo menangkan nomor dua, jangan golput": "ajakan",
    "Coblos Bu Rina biar jalan desa diperbaiki": "ajakan",
    "Dukung Pak Burhan, coblos nomor dua": "ajakan dukungan",
    "Menangkan Pak Burhan nomor dua satu putaran": "dukungan ajakan",
}
_NEUTRAL = (
    "ASN wajib netral, dilarang mendukung calon mana pun",
    "Jaga netralitas, jangan ikut kampanye paslon mana pun",
    "KPU menetapkan jadwal pemungutan suara hari Rabu",
    "Bawaslu memanggil camat karena dugaan tidak netral",
    "Datang ke TPS dan gunakan hak pilih Anda",
    "Jangan golput, cek nama di daftar pemilih",
    "Debat calon bupati disiarkan malam ini pukul delapan",
    "Jumlah pemilih tetap bertambah dua ribu orang",
    "Hasil survei elektabilitas akan diumumkan besok",
    "Pegawai negeri tidak boleh memakai atribut partai",
    "Pengawas menurunkan baliho yang melanggar aturan",
    "Kepala dinas mengingatkan staf agar netral",
    "Hujan turun sejak pagi di kampung kami",
    "Harga cabai naik lagi di pasar",
    "Besok ada rapat warga soal sampah",
    "Timnas menang dua kosong, penonton gembira",
    "Lagu barunya enak sekali didengar",
    "Kereta terlambat dua jam karena banjir",
    "Vaksin tersedia di puskesmas tiap Senin",
    "Anak saya lulus sekolah tahun ini",
    "Resep soto ayam nenek memang paling enak",
    "Jalan ditutup sementara untuk perbaikan",
    "Mahasiswa mengerjakan skripsi tentang pemilu",
    "Petugas KPPS mengikuti pelatihan hari ini",
    "Logistik pemilu tiba di kecamatan tadi malam",
    "Mahkamah menolak gugatan hasil pemilihan",
    "Siapa pun pilihannya, tetap jaga persaudaraan",
    "Panitia mengundi nomor urut pasangan calon",
    "Warga antre membuat kartu penduduk",
    "Gempa kecil terasa di pesisir selatan",
)


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def posts() -> tuple[list[str], list[str], list[list[str]]]:
    """Texts, labels and signals of sixty posts, sides in turn."""
    texts: list[str] = []
    labels: list[str] = []
    signals: list[list[str]] = []
    for (partisan, names), neutral in zip(_PARTISAN.items(), _NEUTRAL, strict=True):
        texts += [partisan, neutral]
        labels += ["partisan", "netral"]
        signals += [names.split(), []]
    return texts, labels, signals


@pytest.fixture(scope="session")
def scorer() -> Scorer:
    return Scorer.load()


READERS = ("fast", "tiny careful", "tiny cascade", "careful", "cascade")
"""What `reader` goes through: the careful ones need the extra, the last two the shipped encoder."""


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An encoder folder of the real form, never trained."""
    pytest.importorskip("onnxruntime", reason="NOT CHECKED: needs the extra [careful]")
    import tiny_encoder

    return tiny_encoder.write(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="session", params=READERS)
def reader(request: pytest.FixtureRequest) -> Scorer:
    """Every reader that the contracts hold for."""
    name = request.param
    if name == "fast":
        return Scorer.load()
    if name.startswith("tiny"):
        folder = request.getfixturevalue("tiny_folder")
        import tiny_encoder

        return tiny_encoder.cascade(folder) if name.endswith("cascade") else Scorer.load(folder)
    pytest.importorskip("onnxruntime", reason="NOT CHECKED: needs the extra [careful]")
    if not (ROOT / "models" / "careful" / "model.json").is_file():
        pytest.skip("NOT CHECKED: there is no models/careful")
    return Scorer.load(name)


@pytest.fixture(scope="session")
def small(posts: tuple[list[str], list[str], list[list[str]]]) -> PartisanshipClassifier:
    texts, labels, signals = posts
    return PartisanshipClassifier(folds=3).fit(texts, labels, signals=signals)


@pytest.fixture(scope="session")
def small_folder(small: PartisanshipClassifier, tmp_path_factory: pytest.TempPathFactory) -> str:
    return small.save(tmp_path_factory.mktemp("models") / "small", {"name": "small"})


@pytest.fixture(scope="session")
def small_scorer(small_folder: str) -> Scorer:
    return Scorer.load(small_folder)


@pytest.fixture(scope="session")
def labelled(posts: tuple[list[str], list[str], list[list[str]]]) -> str:
    """The sixty posts as the content of a CSV file."""
    lines = ["teks,label,sinyal,wilayah"]
    for number, (text, label, names) in enumerate(zip(*posts, strict=True)):
        lines.append(f'"{text}",{label},{" ".join(names)},{"timur" if number % 3 else "barat"}')
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="session")
def python() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run Python code, or a module with arguments, in a process of its own."""

    def run(
        code: str | None = None, *args: str, stdin: str = "", **environment: str
    ) -> subprocess.CompletedProcess[str]:
        head = [sys.executable, *(["-c", code] if code is not None else ["-m"])]
        return subprocess.run(
            [*head, *args],
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=os.environ | {"PYTHONIOENCODING": "utf-8"} | environment,
            check=False,
            timeout=120,
        )

    return run


@pytest.fixture(scope="session")
def speech() -> str:
    """A campaign speech of the length of an article; its candidates are invented."""
    return """Assalamualaikum warahmatullahi wabarakatuh. Bapak-bapak, ibu-ibu, adik-adik pemuda,
warga Kecamatan Tanjung Lestari yang saya cintai dan saya banggakan. Terima kasih sudah datang
berpanas-panasan ke lapangan ini. Malam ini saya, Darmawan Lakabesi, bersama Ibu Sekar Wulandani,
berdiri di hadapan Bapak Ibu sebagai calon bupati dan calon wakil bupati nomor urut tiga.

Saudara-saudara, lima tahun kita menunggu jalan diperbaiki, lima tahun kita menunggu harga pupuk
turun. Apa yang kita dapat dari petahana? Janji, janji, dan janji lagi! Jangan mau dibohongi untuk
kedua kalinya. Sudah waktunya kabupaten ini ganti bupati. Kami datang membawa perubahan, bukan
sekadar baliho.

Kalau kami terpilih, sekolah gratis sampai SMA, puskesmas buka dua puluh empat jam, dan setiap desa
mendapat traktor. Itu janji kami, catat baik-baik, tagih kalau kami lupa. Program kami jelas,
hitungannya ada, orangnya bersih. Tidak ada calon lain yang berani menandatangani kontrak politik
dengan petani seperti kami.

Karena itu saya mohon doa dan dukungan Bapak Ibu semua. Tanggal dua puluh tujuh nanti, datang ke
TPS, buka surat suara, dan coblos nomor tiga! Ajak suami, ajak istri, ajak tetangga, ajak anak yang
baru pertama memilih. Satu suara pun jangan sampai lepas. Relawan di setiap RT kawal suara kita
sampai selesai dihitung. Kita harus menang satu putaran!

Mari kita tunjukkan salam tiga jari. Angkat tangannya tinggi-tinggi! Siapa bupati kita? Darmawan!
Nomor berapa? Tiga! Ayo menangkan Darmawan dan Sekar, pilih nomor tiga, demi anak cucu kita.
Bersama Darmawan dan Sekar, kabupaten ini pasti maju, petaninya makmur, anaknya sekolah,
pasarnya ramai. Ingat, jangan salah pilih, jangan tergoda amplop, tetap nomor tiga sampai bilik
suara. Menang, menang, menang! Wassalamualaikum warahmatullahi wabarakatuh."""


@pytest.fixture(scope="session")
def long_text(posts: tuple[list[str], list[str], list[list[str]]]) -> str:
    """Four hundred words of many sentences."""
    words = " ".join(text + "." for text in posts[0]).split()
    return " ".join((words * 2)[:400])


@pytest.fixture(scope="session")
def weird(long_text: str) -> list[str]:
    """Short, long, empty and odd texts."""
    return [
        "Ayo coblos nomor 2!",
        "hujan",
        "",
        "   \n\t ",
        "!!! ??? ...",
        "☝️✌️🇮🇩👨‍👩‍👧",
        "c o b l o s nomor d u a",
        "C0BL0S R1DO 02 #2019GantiPresiden #MenangkanBurhan",
        "ａｙｏ ｃｏｂｌｏｓ",  # full width
        "cob\u200blos nomor\u00a02 &amp; menang",
        "e\u0301\u0301\u0301 a\u0300",
        "\x00\x1f\x85 \u2028 \ufeff",
        "a\ud83db",  # half of a surrogate pair
        "(" * 500,
        "kata" * 500,
        "coblos " * 200,
        '"Ayo coblos nomor 2", kata calon itu. "Menangkan kami',
        long_text,
        long_text.replace(".", ""),
        "https://contoh.id/a?b=c @akun_siapa email@contoh.id 0812-3456-7890 3201234567890123",
        "Нет 没有 لا",
        'Kata Bawaslu: "dilarang mendukung calon".\n\nTapi ayo menangkan Pak Burhan!',
    ]
