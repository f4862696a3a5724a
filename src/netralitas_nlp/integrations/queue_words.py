"""What the reading queue says, in Indonesian and English."""

from __future__ import annotations

__all__ = ["WORDS"]

# key: (Indonesian, English); places in braces are filled in by the page
WORDS = {
    "title": ("Antrean baca", "Reading queue"),
    "search": ("Cari", "Search"),
    "filter": ("Saring", "Filter"),
    "verdict": ("Putusan mesin", "Machine's verdict"),
    "signal": ("Sinyal", "Signal"),
    "all": ("semua", "all"),
    "from": ("Dari", "From"),
    "to": ("sampai", "to"),
    "mine": ("Keputusan saya", "My decision"),
    "open": ("belum ada", "none yet"),
    "done": ("sudah ada", "made"),
    "blind": ("tutup pendapat mesin", "hide the machine's opinion"),
    "help": ("Bantuan", "Help"),
    "close": ("Tutup", "Close"),
    "save": ("Unduh keputusan (CSV)", "Download decisions (CSV)"),
    "nothing": (
        "Tidak ada teks yang cocok dengan saringan ini.",
        "No text passes these filters.",
    ),
    "noscript": (
        "Halaman ini memerlukan JavaScript. Skrip di dalamnya tidak membuka sambungan jaringan.",
        "This page needs JavaScript. Its script opens no network connection.",
    ),
    "decide": (
        "Keputusan Anda: apakah teks ini memihak?",
        "Your decision: does this text take a side?",
    ),
    "undo": ("hapus keputusan ini", "take this decision back"),
    "skip": ("lewati", "leave out"),
    "download": ("keputusan.csv", "decisions.csv"),
    "probability": ("peluang {value}", "probability {value}"),
    "band": ("pita tinjau {low} sampai {high}", "review band {low} to {high}"),
    "place": ("baris {row}", "row {row}"),
    "signals_unread": ("model ini tidak membaca sinyal", "this model reads no signals"),
    "no_signals": ("tidak ada sinyal yang tampak", "no signal to be seen"),
    "count": (
        "{shown} dari {all} teks · {done} sudah diputuskan",
        "{shown} of {all} texts · {done} decided",
    ),
    "none": ("Belum ada keputusan untuk diunduh.", "No decision to download yet."),
    "saved": (
        "{n} keputusan diunduh sebagai {file}.",
        "{n} decisions downloaded as {file}.",
    ),
    "left": (
        "{n} teks yang dilewati tidak ikut: tanpa label tidak ada yang dapat dipelajari.",
        "{n} texts left out are not in it: without a label there is nothing to learn.",
    ),
    "footer": (
        "Skor adalah alasan untuk membaca, bukan temuan tentang siapa pun. Nomor pribadi ditutup.",
        "A score is a reason to read, not a finding about anybody. Personal numbers are covered.",
    ),
    "about": (
        "{shown} dari {total} teks, yang paling perlu dibaca. Model {model}, versi {version}.",
        "{shown} of {total} texts, those that need reading most. Model {model}, version {version}.",
    ),
    "order": (
        "Urutan: teks di pita tinjau lebih dulu, yang paling meragukan paling depan; lalu yang "
        "terbaca memihak; lalu sisanya, masing-masing dari peluang tertinggi.",
        "Order: texts in the review band first, the most doubtful foremost; then those that read "
        "as taking a side; then the rest, each from the highest probability down.",
    ),
    "kept": (
        "Keputusan disimpan di peramban ini (nomor baris dan labelnya, tanpa teks) sampai Anda "
        "mengunduhnya; tidak ada yang dikirim ke mana pun.",
        "Decisions are kept in this browser (row numbers and labels, no texts) until you download "
        "them; nothing is sent anywhere.",
    ),
    "train": (
        "Berkas yang diunduh dapat langsung dipakai melatih: "
        "netralitas train keputusan.csv --output model-saya",
        "The downloaded file can be trained on as it is: "
        "netralitas train decisions.csv --output my-model",
    ),
    "key_label": ("putuskan: {label}", "decide: {label}"),
    "key_j": ("teks berikutnya", "next text"),
    "key_k": ("teks sebelumnya", "previous text"),
    "key_/": ("cari kata", "search for words"),
    "key_u": ("hapus keputusan", "take the decision back"),
    "key_h": (
        "tutup atau buka pendapat mesin, agar keputusan Anda milik sendiri",
        "hide or show the machine's opinion, so that the decision is your own",
    ),
    "key_e": ("unduh keputusan sebagai CSV", "download the decisions as CSV"),
    "key_E": ("kembali ke daftar", "back to the list"),
}
