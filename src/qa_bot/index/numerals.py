"""Chinese numerals <-> whole numbers: 三百四十一 = 341, 二〇二五 = 2025.

Only what a numeral can mean without its neighbours: no fractions, no 'about' (十几, 两三百).
"""

import re

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10_000, "亿": 100_000_000}
_MOST = 10**13  # beyond it nothing is counted in whole numbers
# At least two characters: 一 alone is as often a word as a number. 几 and 数 make it 'about'; what
# stands before it is looked at after its first character, which is quick to search for.
_DIGIT = "[零〇一二三四五六七八九十百千万亿两]"
NUMERAL = re.compile(rf"{_DIGIT}(?<![几数].){_DIGIT}{{1,31}}(?!几)")


def numeral_value(numeral: str) -> int | None:
    """Return the number that a Chinese numeral stands for, or None if it is not one number.

    Args:
        numeral: Characters of `NUMERAL`, such as 三百四十一 or 二〇二五; or one of them alone.
    """
    if len(numeral) == 1 and numeral in _DIGITS:
        return _DIGITS[numeral]
    if all(c in _DIGITS for c in numeral):
        # 二三 is 'two or three'; read out digit by digit are years and long numbers.
        return int("".join(str(_DIGITS[c]) for c in numeral)) if len(numeral) > 2 else None
    value = _spelled_value(numeral)
    return value if value is not None and numeral in spellings(value) else None


def _spelled_value(numeral: str) -> int | None:
    total, section, digit = 0, 0, None  # 十 without a digit before it is 一十
    for c in numeral:
        if c in _DIGITS:
            digit = _DIGITS[c]
        elif c in _TENS:
            section += (1 if digit is None else digit) * _TENS[c]
            digit = None
        else:
            section += digit or 0
            total = (total + section) * _MYRIADS[c] if c == "亿" else total + section * _MYRIADS[c]
            section, digit = 0, None
    value = total + section + (digit or 0)
    return value if 0 < value < _MOST else None


def spellings(value: int) -> set[str]:
    """Return the Chinese numerals of a whole number, at least 10, as they are usually written."""
    if not 10 <= value < _MOST:
        return set()
    plain = _spell(value)
    short = plain.removeprefix("一") if plain.startswith("一十") else plain
    found = {plain, short}
    # 200 is 二百 or 两百; 20 is never 两十.
    found |= {re.sub("二(?=[百千万亿])", "两", text) for text in found}
    found |= {re.sub("^二(?=[百千万亿])", "两", text) for text in (plain, short)}
    found |= {text.replace("零", "〇") for text in found}
    if 1000 <= value <= 9999:  # a year
        digits = "".join("零一二三四五六七八九"[int(c)] for c in str(value))
        found |= {digits, digits.replace("零", "〇")}
    return found


def _spell(value: int) -> str:
    for unit, size in (("亿", 100_000_000), ("万", 10_000)):
        if value >= size:
            high, low = divmod(value, size)
            gap = "零" if 0 < low < size // 10 else ""
            return _spell(high) + unit + gap + (_spell(low) if low else "")
    text, pending = "", False
    for unit, size in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit, value = divmod(value, size)
        if digit:
            text += ("零" if pending and text else "") + "零一二三四五六七八九"[digit] + unit
            pending = False
        else:
            pending = True
    return text
