"""Personal numbers are covered, ordinary numbers are not, and nothing moves."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netralitas_nlp.text import mask_personal

DIGITS = st.characters(min_codepoint=48, max_codepoint=57)


@pytest.mark.parametrize(
    "personal",
    [
        "3273012345678901",
        "3273-0123-4567-8901",
        "3273 0123 4567 8901",
        "198001012005011001",
        "19800101 200501 1 001",
        "19800101.200501.1.001",
        "081234567890",
        "0812-3456-7890",
        "0812 3456 7890",
        "0812.3456.7890",
        "0812 345 678",
        "+6281234567890",
        "6281234567890",
        "+62 812 3456 7890",
        "+62812-3456-7890",
        "0411-123456",
        "(0411) 123456",
        "021 5551234",
        "budi@kemenag.go.id",
        "budi.santoso+pemilu@gmail.com",
        "nip_1980@bkn.go.id",
    ],
)
@pytest.mark.parametrize(
    "frame", ["{}", "Kirim ke {}, ya", "WA:{}.", "nomor 2 ({}) 2024", "{}\n02"]
)
def test_personal_numbers_are_covered(personal, frame):
    before, after = frame.split("{}")
    covered = "".join("•" if c.isalnum() else c for c in personal)
    assert mask_personal(frame.format(personal)) == before + covered + after


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nomor 2",
        "no. 02 dan 03",
        "01 02 03",
        "Pilih nomor urut 1!",
        "UU 7/2017",
        "UU Nomor 10 Tahun 2016",
        "PP 94/2021 Pasal 5 huruf n angka 5",
        "SKB 800-5474 Tahun 2022",
        "1447.1/PM.01/K.1/09/2022",
        "tahun 2014, 2019 dan 2024",
        "2019-2024",
        "14 Februari 2024",
        "14/02/2024",
        "2024-02-14",
        "pukul 08.00-12.00 WIB",
        "jam 08:15:30",
        "Rp 1.000.000",
        "Rp50.000",
        "Rp 150000000",
        "Rp 24.750.000.000",
        "96.214.691 suara",
        "204807222 pemilih",
        "62,5%",
        "58,59 persen",
        "TPS 001 dan 002",
        "#2019GantiPresiden",
        "@prabowo",
        "R1DO menang",
        "100rb",
        "skor 2-1",
        "halaman 081",
    ],
)
def test_ordinary_numbers_stay(text):
    assert mask_personal(text) == text


@given(st.text(st.characters()))
@settings(max_examples=500, deadline=None, derandomize=True)
def test_masking_keeps_every_place(text):
    masked = mask_personal(text)
    assert len(masked) == len(text)
    for was, now in zip(text, masked, strict=True):
        assert now == was or (now == "•" and was.isalnum())


@given(
    st.text(DIGITS, min_size=16, max_size=16) | st.text(DIGITS, min_size=18, max_size=18),
    st.sampled_from(["NIK {} atas nama", "NIP.{}", "{}", "({})", "nik:{};"]),
)
@settings(max_examples=200, deadline=None, derandomize=True)
def test_any_nik_or_nip_is_covered(number, frame):
    assert mask_personal(frame.format(number)) == frame.format("•" * len(number))


@given(st.text(DIGITS, min_size=1, max_size=6))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_short_numbers_are_never_covered(number):
    for text in (number, f"nomor {number}", f"suara {number} dari"):
        assert mask_personal(text) == text


@pytest.mark.parametrize(
    "unit", ["1", "a", "a.", "1.", "1 ", "12 ", "0812 ", "+62", "a@", "a@a.", "1234 ", "(021) "]
)
def test_masking_a_long_text_is_quick(unit):
    text = (unit * 300_000)[:300_000]
    begin = time.process_time()
    assert len(mask_personal(text)) == len(text)
    assert time.process_time() - begin < 30


@pytest.mark.parametrize(
    "text",
    [
        "WA 0812\u200b3456\u200b7890 ya",
        "WA 08\u00ad12-3456-7890 ya",
        "WA ٠٨١٢٣٤٥٦٧٨٩٠ ya",
        "WA \uff10812 3456 7890 ya",
        "WA 0812\u00a03456\u00a07890 ya",
        "WA +62\u2011812\u20113456\u20117890 ya",
        "NIK 3273\ufeff012345678901 ya",
    ],
)
def test_unseen_signs_and_other_digits_hide_nothing(text):
    masked = mask_personal(text)
    assert len(masked) == len(text)
    assert not [c for c in masked if c.isdecimal()]
    assert masked.startswith(text.split()[0])
    assert masked.endswith(" ya")
