"""What the HTML report says, in Indonesian and English."""

from __future__ import annotations

__all__ = ["WORDS"]

# key: (Indonesian, English); places in braces are filled in by the template
WORDS = {
    "title": ("Laporan evaluasi", "Evaluation report"),
    "subtitle": (
        "Model {model} pada {n} teks berlabel, {share} di antaranya {positive}.",
        "Model {model} on {n} labelled texts, {share} of them {positive}.",
    ),
    "intervals_note": (
        "Angka dalam kurung: rentang 95 % dari {rounds} putaran bootstrap. Pada data lain yang "
        "sejenis, angka sebenarnya kira-kira terletak di situ.",
        "Figures in brackets: 95 % intervals from {rounds} bootstrap rounds. On other data of the "
        "same kind the true figure lies about there.",
    ),
    "no_intervals": (
        "Tanpa rentang ketidakpastian: laporan ini dibuat dengan 0 putaran bootstrap.",
        "No intervals: this report was made with 0 bootstrap rounds.",
    ),
    "grouped": (
        "Bootstrap menarik kelompok teks secara utuh.",
        "The bootstrap draws whole groups of texts.",
    ),
    "contents": ("Isi", "Contents"),
    "headline": ("Pokok-pokoknya", "In short"),
    "say_precision": (
        "dari teks yang dibaca sebagai {positive} memang {positive}.",
        "of the texts read as {positive} truly are {positive}.",
    ),
    "say_recall": (
        "dari teks yang memang {positive} ditemukan.",
        "of the texts that truly are {positive} are found.",
    ),
    "say_band": (
        "teks jatuh di pita tinjau dan perlu dibaca manusia.",
        "of the texts fall into the review band: a human should read them.",
    ),
    "say_outside": (
        "putusan di luar pita tinjau benar.",
        "of the verdicts outside the review band are right.",
    ),
    "say_rare": (
        "Di tempat hanya 1 dari 100 teks {positive}, dari setiap 100 teks yang ditandai mulai "
        "peluang {threshold} diperkirakan {value} yang memang {positive}.",
        "Where only 1 text in 100 is {positive}, about {value} of every 100 texts flagged from "
        "probability {threshold} on truly are {positive}.",
    ),
    "all_figures": ("Semua angka", "All figures"),
    "figure": ("ukuran", "figure"),
    "value": ("nilai", "value"),
    "interval": ("rentang 95 %", "95 % interval"),
    "range_0_1": ("dari 0 sampai 1", "from 0 to 1"),
    "undefined": ("tidak terdefinisi", "undefined"),
    "prevalence": ("bagian yang {positive}", "share that is {positive}"),
    "accuracy": ("akurasi", "accuracy"),
    "macro_f1": ("macro-F1", "macro-F1"),
    "precision": ("presisi", "precision"),
    "recall": ("recall", "recall"),
    "specificity": ("spesifisitas", "specificity"),
    "f1": ("F1", "F1"),
    "average_precision": ("presisi rata-rata (AP)", "average precision (AP)"),
    "roc_auc": ("AUC ROC", "ROC AUC"),
    "brier": ("skor Brier (makin kecil makin baik)", "Brier score (smaller is better)"),
    "ece": ("galat kalibrasi (makin kecil makin baik)", "calibration error (smaller is better)"),
    "log_loss": ("log loss (makin kecil makin baik)", "log loss (smaller is better)"),
    "band_share": ("bagian dalam pita tinjau", "share in the review band"),
    "outside_accuracy": ("akurasi di luar pita tinjau", "accuracy outside the review band"),
    "reliability": ("Apakah peluangnya jujur?", "Are the probabilities honest?"),
    "reliability_note": (
        "Titik di garis miring: dari teks dengan peluang 0,7 memang sekitar 70 % {positive}. "
        "Titik di bawah garis: model terlalu yakin. Makin besar titik, makin banyak teks; "
        "garis tegak: rentang 95 %.",
        "A dot on the slanted line: of the texts with probability 0.7 about 70 % truly are "
        "{positive}. Below the line the model is too sure. Larger dots hold more texts; "
        "upright lines: 95 % intervals.",
    ),
    "stated": ("peluang yang disebut model", "probability the model states"),
    "observed": ("bagian yang memang {positive}", "share that truly is {positive}"),
    "band": ("pita tinjau", "review band"),
    "curve": ("Presisi dan recall", "Precision and recall"),
    "curve_note": (
        "Menggeser ambang ke kanan menemukan lebih banyak teks, ke kiri memberi lebih sedikit "
        "alarm palsu. Huruf menandai ambang di tabel berikut.",
        "Moving right along the curve finds more texts, moving left gives fewer false alarms. "
        "Letters mark the thresholds of the next table.",
    ),
    "thresholds": ("Ambang dan kelangkaan", "Thresholds and rarity"),
    "thresholds_note": (
        "Apa yang terjadi bila setiap teks mulai ambang itu ditandai. Tiga kolom terakhir "
        "memperkirakan presisi di tempat hanya 1, 5 atau 10 dari 100 teks {positive}; rentangnya "
        "sengaja hati-hati. Ambang untuk presisi pilihan dicari pada teks ini juga, jadi sedikit "
        "terlalu bagus.",
        "What happens when every text from the threshold on is flagged. The last three columns "
        "estimate precision where only 1, 5 or 10 of 100 texts are {positive}; their intervals "
        "are wide on purpose. Thresholds for a chosen precision are looked up on these very "
        "texts and so are a little too good.",
    ),
    "from": ("tandai mulai", "flag from"),
    "threshold": ("ambang", "threshold"),
    "flagged": ("ditandai", "flagged"),
    "at_prevalence": ("presisi bila {share} {positive}", "precision where {share} {positive}"),
    "even": ("peluang setengah", "even chance"),
    "tinjau": ("batas bawah pita tinjau", "lower edge of the review band"),
    "partisan": ("batas atas pita tinjau", "upper edge of the review band"),
    "chosen": ("presisi {value}", "precision {value}"),
    "out_of_reach": ("tidak tercapai", "out of reach"),
    "confusion": ("Benar dan salah", "Right and wrong"),
    "confusion_note": (
        "Baris: label sebenarnya. Kolom: bacaan model (label yang lebih mungkin). Kotak bergaris "
        "tebal benar, yang lain salah.",
        "Rows: true label. Columns: what the model read (the likelier label). Boxes with a thick "
        "border are right, the others wrong.",
    ),
    "confusion_at": ("Pada ambang yang lain", "At other thresholds"),
    "below": ("tidak ditandai", "not flagged"),
    "other_label": ("bukan {positive}", "not {positive}"),
    "truth": ("sebenarnya", "truly"),
    "read_as": ("dibaca", "read as"),
    "of_row": ("{share} dari baris", "{share} of the row"),
    "slices": ("Per bagian data", "Slice by slice"),
    "slices_note": (
        "Batang: macro-F1; garis di atasnya: rentang 95 %. Bagian bertanda * terlalu kecil (kurang "
        "dari 30 teks, atau kurang dari 10 teks dari salah satu label): jangan disimpulkan apa "
        "pun darinya.",
        "Bar: macro-F1; the line on it: 95 % interval. Slices marked * are too small (under 30 "
        "texts, or under 10 of a label): conclude nothing from them.",
    ),
    "slice_more": (
        "{n} bagian yang lebih kecil tidak ditampilkan; semuanya ada di keluaran JSON.",
        "{n} smaller slices are not shown; all of them are in the JSON output.",
    ),
    "empty": ("(kosong)", "(empty)"),
    "small": ("terlalu kecil", "too small"),
    "signals": ("Enam sinyal", "The six signals"),
    "signals_note": (
        "Dihitung pada {n} teks yang memang {positive}. Macro-F1 atas sinyal yang ada: {value}; "
        "pada semua {all_n} teks: {all_value}.",
        "Over the {n} texts that truly are {positive}. Macro-F1 over the signals that occur: "
        "{value}; over all {all_n} texts: {all_value}.",
    ),
    "signal": ("sinyal", "signal"),
    "baselines": ("Dibandingkan dengan model lain", "Beside other models"),
    "baselines_note": (
        "Selisih: model ini dikurangi pembanding, pada teks yang sama dan tarikan bootstrap yang "
        "sama. Selisih disebut nyata bila rentangnya tidak memuat nol.",
        "Difference: this model less the other, on the same texts and the same bootstrap draws. "
        "It is called real where its interval leaves out zero.",
    ),
    "difference": ("selisih", "difference"),
    "verdict": ("kesimpulan", "verdict"),
    "better": ("lebih baik, nyata", "better, real"),
    "worse": ("lebih buruk, nyata", "worse, real"),
    "unclear": ("tidak tampak berbeda", "not shown to differ"),
    "mcnemar": (
        "Hanya model ini yang benar: {one} teks; hanya {name}: {other} teks. Uji McNemar: p {p}. "
        "{name} belajar dari: {how}.",
        "Only this model right: {one} texts; only {name}: {other} texts. McNemar's test: p {p}. "
        "{name} learned from: {how}.",
    ),
    "how_nothing": ("tidak dari data (pencarian kata)", "nothing (keyword search)"),
    "how_the same data": ("data ini", "these data"),
    "how_other data": ("data lain", "other data"),
    "how_cross-validation": ("data ini, validasi silang", "these data, by cross-validation"),
    "how_its own data": ("datanya sendiri", "its own data"),
    "learning": ("Apa yang akan diberikan data tambahan", "What more data would bring"),
    "learning_note": (
        "Macro-F1 model yang dilatih dengan bagian data latih yang makin besar. Kalau batang "
        "terakhir masih jelas lebih panjang, tambahan label masih berguna.",
        "Macro-F1 of models trained on growing shares of the training data. Where the last "
        "bar is still clearly longer, more labels still help.",
    ),
    "trained_on": ("teks latih", "training texts"),
    "checks": ("Uji perilaku", "Behavioural checks"),
    "checks_note": (
        "Bagian kasus yang dibaca benar untuk tiap fungsi, yang terlemah dahulu. Makin gelap dan "
        "makin banyak garis, makin sering gagal.",
        "Share of the cases read rightly for each functionality, weakest first. The darker and "
        "the more striped, the more often it fails.",
    ),
    "cases": ("{n} kasus", "{n} cases"),
    "parity": ("Tukar pihak", "Side swap"),
    "parity_note": (
        "Peluang terendah dan tertinggi ketika hanya nama pihak di kalimat yang sama ditukar. "
        "Garis pendek: adil. Garis yang melintasi pita kelabu mengubah putusan. Rata-rata "
        "perubahan {mean}, terbesar {largest}, label berbalik {flips}.",
        "Lowest and highest probability when only the side named in the same sentence is "
        "swapped. Short line: fair. A line across the grey band changes the verdict. Mean change "
        "{mean}, largest {largest}, labels flipped {flips}.",
    ),
    "parity_more": (
        "Ditampilkan {shown} kalimat dengan perubahan terbesar dari {n}.",
        "Shown: the {shown} sentences of {n} with the largest change.",
    ),
    "change": ("perubahan", "change"),
    "mistakes": ("Kesalahan yang paling yakin", "Most confident mistakes"),
    "mistakes_note": (
        "Baca ini dahulu: di sini model salah, atau labelnya. Kata yang menentukan digarisbawahi, "
        "dengan sinyal dan letak hurufnya. Nomor pribadi ditutup.",
        "Read these first: here the model is wrong, or the label is. Words that decided are "
        "underlined, with their signal and character offsets. Personal numbers are covered.",
    ),
    "false_alarms": ("Alarm palsu", "False alarms"),
    "missed": ("Terlewat", "Missed"),
    "none": ("Tidak ada.", "None."),
    "row": ("baris data {row}", "data row {row}"),
    "probability": ("peluang {value}", "probability {value}"),
    "true_label": ("label {label}", "label {label}"),
    "limits": ("Bukan untuk apa model ini", "What the model is not for"),
    "limits_items": (
        "Skor adalah alasan untuk membaca teks, bukan temuan tentang orang.|"
        "Bukan untuk sanksi otomatis, penyaringan massal pegawai bernama, perekrutan, kenaikan "
        "pangkat, atau membidik pemilih.|"
        "Model membaca satu teks saja: tanpa utas, gambar, atau tanggal.|"
        "Di tempat teks {positive} jarang, kebanyakan teks yang ditandai adalah alarm palsu.|"
        "Angka di sini berlaku untuk teks seperti yang diukur; teks dari sumber, waktu atau bahasa "
        "lain dapat lebih buruk.",
        "A score is a reason to read a text, never a finding about a person.|"
        "Not for automatic sanctions, mass screening of named staff, hiring, promotion, or "
        "targeting voters.|"
        "The model reads one text alone: no thread, no picture, no date.|"
        "Where {positive} texts are rare, most flagged texts are false alarms.|"
        "These figures hold for texts like those measured; texts of other sources, times or "
        "languages can be worse.",
    ),
    "made_by": (
        "Dibuat oleh netralitas_nlp {version}; benih acak {seed}.",
        "Made by netralitas_nlp {version}; random seed {seed}.",
    ),
}
