"""Vietnamese typed on a keyboard whose Vietnamese was switched off: "gaoj" (Telex) and "gao5" (VNI) for "gạo".

Pure functions. They say what a word may stand for; whether it does is for the one who knows the index.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from unicodedata import normalize

from search_index.syllables import ACUTE, DOT, GRAVE, HOOK, TILDE, is_beginning, is_syllable, parted, respelled, written

_TELEX = re.compile(r"[^\W\d_]{2,12}")
_CODE = re.compile(r"[A-Z]{1,2}[0-9]+")  # "CO2", "OM5": no syllable in capitals
_VNI = re.compile(r"[^\W\d_]+[0-9](?:[^\W_]){0,10}")

_TELEX_TONES = {"s": ACUTE, "f": GRAVE, "r": HOOK, "x": TILDE, "j": DOT}
_VNI_TONES = {"1": ACUTE, "2": GRAVE, "3": HOOK, "4": TILDE, "5": DOT}
_HAT = {"a": "â", "e": "ê", "o": "ô"}
_HORN = {"o": "ơ", "u": "ư"}
_BREVE = {"a": "ă"}
_VOWELS = frozenset("aăâeêioôơuưy")


class _Typed(NamedTuple):
    """What stands on the screen after some keys."""

    letters: str = ""
    tone: str = ""

    def has_vowel(self) -> bool:
        return any(letter in _VOWELS for letter in self.letters)


def decode(word: str, begun: bool = False) -> tuple[str, ...]:
    """The Vietnamese syllables that `word` may have been meant for, each different from it; () when there is none.

    Marks may be typed anywhere after their letter ("gajo", "dduwowngf", "duongdwf"), "uow" makes ươ, a key typed
    twice takes its mark back ("xooong" for "xoong"). Letters that bear marks already keep them ("biênr"). One or two
    capital letters with digits are a code ("CO2"). `begun`: the beginning of a syllable will do.
    """
    if _CODE.fullmatch(word):
        return ()
    keys = normalize("NFC", word).lower()
    if _TELEX.fullmatch(keys):
        press = _telex
    elif _VNI.fullmatch(keys):
        press = _vni
    else:
        return ()
    states = {_Typed()}
    for key in keys:
        letter, tone = parted(key)
        if letter.isascii() and not tone:
            states = {after for state in states for after in press(state, key)}
        else:
            states = {_Typed(state.letters + letter, tone or state.tone) for state in states}
    # Keyboards join ư and o by themselves: "duwong" shows "dương".
    states |= {_Typed(state.letters.replace("ưo", "ươ"), state.tone) for state in states}
    found = {written(*state) for state in states if is_beginning(state.letters) and (begun or _complete(state))}
    return tuple(sorted(found - {respelled(keys)}))


def _complete(state: _Typed) -> bool:
    return is_syllable(state.letters, state.tone or ACUTE)  # a tone may have been left out


def _telex(state: _Typed, key: str) -> set[_Typed]:
    letters, tone = state
    if key in _TELEX_TONES and state.has_vowel():
        return _toned(state, _TELEX_TONES[key])
    if key == "z":
        return {_Typed(letters)} if tone else set()
    if key == "w":
        if not state.has_vowel():
            return {_Typed(letters + "ư", tone)}
        return _changed(state, _HORN | _BREVE)
    after = {_Typed(letters + key, tone)}
    if key in _HAT:
        after |= _changed(state, {key: _HAT[key]})
        if _HAT[key] in letters:  # the third one takes the hat back
            after.add(_Typed(letters.replace(_HAT[key], key) + key, tone))
    if key == "d" and letters.startswith("d"):
        after.add(_Typed("đ" + letters[1:], tone))
    return after


def _vni(state: _Typed, key: str) -> set[_Typed]:
    letters, tone = state
    if key.isalpha():
        return {_Typed(letters + key, tone)}
    if key == "9":
        return {_Typed("đ" + letters[1:], tone)} if letters.startswith("d") else set()
    if not state.has_vowel():
        return set()
    if key in _VNI_TONES:
        return set() if tone else {_Typed(letters, _VNI_TONES[key])}
    if key == "0":
        return {_Typed(letters)} if tone else set()
    return _changed(state, {"6": _HAT, "7": _HORN, "8": _BREVE}[key])


def _toned(state: _Typed, tone: str) -> set[_Typed]:
    """Another tone replaces the one before; the same again takes it back, and then its letter ends no syllable."""
    return set() if state.tone == tone else {_Typed(state.letters, tone)}


def _changed(state: _Typed, marks: dict[str, str]) -> set[_Typed]:
    """One letter of the vowel gets its mark, or u and o theirs together."""
    letters, tone = state
    after = {
        _Typed(letters[:at] + marks[letter] + letters[at + 1 :], tone)
        for at, letter in enumerate(letters)
        if letter in marks
    }
    if "u" in marks and "uo" in letters:
        after.add(_Typed(letters.replace("uo", "ươ", 1), tone))
    return after
