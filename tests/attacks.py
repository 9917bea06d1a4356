"""A corpus full of attacks: whatever of an article can be shown tries to become a program."""

from pathlib import Path

import yaml

# Sets a flag if it runs; the tests look for it.
_RUN = "window.attacked=1"
ATTACKS = (
    f"<script>{_RUN}</script>",
    f"<img src=x onerror='{_RUN}'>",
    f"\"'><svg onload={_RUN}>",
    f"[点我](javascript:{_RUN})",
    "![图](http://evil.example/a.png)",
    f'<a href="javascript:{_RUN}">链接</a>',
    "<style>*{display:none}</style>",
    f"${{{_RUN}}} {{{{{_RUN}}}}} {{% raw %}}",
    "&lt;b&gt; </textarea></title></script><!--",
    "\u202e倒过来\u2066看不见\u200b",
    '<iframe src="http://evil.example/"></iframe>',
)


def write_attack_corpus(corpus: Path) -> list[str]:
    """Write an interview whose every field and paragraph is an attack, and a file named like one.

    Returns:
        Questions that its paragraphs answer.
    """
    corpus.mkdir(parents=True)
    guest, host = f"尤山{ATTACKS[1]}", f"莫然{ATTACKS[0]}"
    front = {
        "title": f"云港怎样留住工匠{ATTACKS[0]}{ATTACKS[1]}",
        "authors": [{"name": host, "role": ATTACKS[2]}, {"name": ATTACKS[3], "role": ATTACKS[5]}],
        "source": f"云港晚报{ATTACKS[4]}{ATTACKS[10]}",
        "section": ATTACKS[6],
        "date": "2025-10-08",
        "url": f"javascript:{_RUN}",
        "kind": "interview",
        "speakers": [{"name": host, "role": "云港晚报记者"}, {"name": guest, "role": ATTACKS[7]}],
        "credits": [ATTACKS[8], ATTACKS[1]],
        "captions": [ATTACKS[4], ATTACKS[0]],
        "notes": [ATTACKS[5]],
    }
    said = "\n\n".join(
        f"**{guest}:** 第{number}项补贴每人每月{number}00元{attack}，由云港市财政支付。"
        for number, attack in enumerate(ATTACKS, 1)
    )
    text = yaml.safe_dump(front, allow_unicode=True, width=10_000)
    for name in ("interview.md", f"{ATTACKS[1].replace('/', '')}.md"):
        body = f"## 补贴怎么发{ATTACKS[1]}\n\n**{host}:** 补贴有多少{ATTACKS[0]}？\n\n{said}\n"
        (corpus / name).write_text(f"---\n{text}---\n{body}", encoding="utf-8")
    return [f"第{number}项补贴每人每月多少元{attack}？" for number, attack in enumerate(ATTACKS, 1)]
