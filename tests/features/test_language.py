import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.language import LEAST_LETTERS, detect_language, language_of
from triage.ticket import Ticket

WRITTEN = {
    "en": "The printer on the third floor jams whenever I print on both sides of the paper.",
    "de": "Seit dem Update kann ich mich nicht mehr anmelden, das Passwort wird nicht angenommen.",
    "es": "No puedo abrir mi correo desde esta mañana y necesito enviar un informe urgente.",
    "pt": "Não consigo acessar a minha conta desde ontem e preciso de ajuda com a senha nova.",
    "cs": "Po poslední aktualizaci se mi nezobrazují příchozí zprávy ve složce doručené pošty.",
    "ja": "昨日からメールを受信できません。設定を確認しましたが、原因がわかりません。",
    "ru": "После обновления программа не запускается и показывает сообщение об ошибке.",
    "zh": "我的电脑无法连接到公司的无线网络，请帮忙看看是什么问题。",
    "he": "אני לא מצליח להתחבר לרשת של החברה מהבית מאז הבוקר.",
    "el": "Δεν μπορώ να συνδεθώ στο δίκτυο της εταιρείας από το σπίτι σήμερα το πρωί.",
}


@pytest.mark.parametrize(("code", "text"), WRITTEN.items())
def test_a_few_words_are_enough_to_tell_a_language(code, text):
    assert detect_language(text) == code


def test_what_the_helpdesk_says_wins():
    assert language_of(Ticket("T-1", body=WRITTEN["de"], language="en-US")) == "en"
    assert language_of(Ticket("T-1", body=WRITTEN["de"], language="n/a")) == "de"
    assert language_of(Ticket("T-1", body=WRITTEN["de"])) == "de"


@pytest.mark.parametrize("text", ["", "VPN", "ok grazie", "x" * (LEAST_LETTERS - 1), "1234 5678 " * 20])
def test_too_little_text_has_no_language(text):
    assert detect_language(text) is None


@pytest.mark.parametrize(
    "text", ["asdf jkl; qwer uiop zxcv bnm asdf jkl qwer uiop zxcv", "\ud800" * 60, "\x00\x85" * 60]
)
def test_noise_has_no_language(text):
    assert detect_language(text) is None


def test_markup_and_a_signature_do_not_hide_the_language():
    ticket = Ticket(
        "T-1", body=f"<p>{WRITTEN['de']}</p>\n-- \nKind regards from the London office of the team"
    )
    assert language_of(ticket) == "de"


@given(st.text(max_size=400))
def test_no_text_breaks_the_detector(text):
    found = detect_language(text)
    assert found is None or (found.isalpha() and found == found.lower())


def test_a_long_text_takes_no_longer_than_a_request_may():
    text = WRITTEN["en"] * 250
    started = time.process_time()
    for _ in range(20):
        detect_language(text)
    assert (time.process_time() - started) / 20 < 0.005
