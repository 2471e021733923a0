"""The two languages say the same things, about the same placeholders, in words that are to be used."""

import re

import pytest

import client
from server import texts

PLACEHOLDER = re.compile(r"\{([^}]*)\}")
NOT_TO_BE_USED = (
    "form", "offline", "online", "đồng bộ", "hàng đợi", "bản ghi", "tải lên", "máy chủ", "phiên", "xác thực",
    "hợp lệ", "thành phần hồ sơ", "thành công", "(?<!xin )lỗi", "vui lòng", "quý khách",
)  # fmt: skip
USED = re.compile(r"""\b(?:t|_)\(\s*"([a-z_]+(?:\.[a-z_0-9]+)*)"|data-t="([a-z_.0-9]+)\"""")


def keys_used() -> dict[str, str]:
    """Collect the keys that scripts and templates name, with where."""
    files = [*client.ROOT.glob("js/*.js"), *client.ROOT.glob("js/field/*.js"), *client.ROOT.glob("templates/*.html")]
    return {one or other: file.name for file in files for one, other in USED.findall(file.read_text(encoding="utf-8"))}


def test_both_languages_have_the_same_keys() -> None:
    assert set(texts.catalogue("vi")) == set(texts.catalogue("en"))


def test_both_languages_have_the_same_placeholders_with_one_english_name() -> None:
    for key, said in texts.catalogue("vi").items():
        names = set(PLACEHOLDER.findall(said))
        assert names == set(PLACEHOLDER.findall(texts.catalogue("en")[key])), key
        assert all(re.fullmatch(r"[a-z_]+", name) for name in names), key


def test_no_text_is_empty() -> None:
    for language in texts.LANGUAGES:
        assert all(words.strip() for words in texts.catalogue(language).values())


@pytest.mark.parametrize("word", NOT_TO_BE_USED)
def test_the_words_that_people_do_not_use_are_not_used(word: str) -> None:
    pattern = re.compile(rf"(?<!\w){word}(?!\w)", re.IGNORECASE)
    assert [key for key, said in texts.catalogue("vi").items() if pattern.search(said)] == []


def test_every_key_that_is_named_exists() -> None:
    known = texts.catalogue("vi")
    assert {key: where for key, where in keys_used().items() if key not in known} == {}


def test_an_unknown_key_or_a_missing_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        texts.text("no.such.key")
    with pytest.raises(KeyError):
        texts.text("form.step", n=1)
    with pytest.raises(KeyError):
        texts.catalogue("fr")
