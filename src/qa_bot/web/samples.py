"""The articles -> sample questions that the bot really answers, for an empty conversation."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice, zip_longest
from typing import NamedTuple

from qa_bot.answering.bot import QABot
from qa_bot.corpus import is_host
from qa_bot.index.rows import StoredArticle, StoredPassage
from qa_bot.records import Answer, Span

COUNT = 4
_ARTICLES = 40  # looked at, spread over the corpus
_TRIES = 40  # questions asked at most: the page must start soon
_PER_ARTICLE = 3  # candidates of one form
_CONFIDENCE = 0.5  # a sample should show what a good answer looks like
# 'Nanping has 86 special firms' asks itself: 'Nanping has how many special firms?'
_FIGURE = re.compile(
    r"(?P<before>[\u3400-\u9fff“”、]{5,20}?)(?P<number>\d[\d.,]*)(?P<scale>[万亿]*)"
    r"(?P<unit>小时|分钟|公里|平方米|[家台条项个名人次件套座元吨年倍米班户所种亩岁天])(?P<after>(?:[\u3400-\u9fff]{0,7}[^的\W])?)[，,；;。]"
)
_LEANS_BACK = re.compile(r"[它他她其该此这那两]|今年|去年|目前|截至|同时|[一二三四五][是要]")
# Its subject first: after other questions, that is how a question stays one by itself.
_VIEW = "{speaker}对“{section}”有什么建议？"
_ABOUT = "《{title}》讲了什么？"
_ABOUT_ENGLISH = "What does “{title}” say?"


class Sample(NamedTuple):
    """A question, and what the quotes must be to let it pass.

    Attributes:
        article: Id of the article they stand in.
        speaker: Who says them, if the question names somebody.
        within: Stretch of the article that one of them must meet.
    """

    question: str
    article: str
    speaker: str | None
    within: Span


def sample_questions(bot: QABot, *, count: int = COUNT) -> list[str]:
    """Return questions about the articles that the bot answers from the right place.

    The same index always gives the same questions, about as many articles as possible: speakers'
    views and figures in turn; if that is not enough, what an article says.

    Args:
        bot: Over the articles.
        count: How many at most; a small corpus may give fewer.
    """
    views, figures, subjects = map(in_turn, _candidates(bot))
    chosen: list[Sample] = []
    spare: list[Sample] = []
    for sample in islice(chain(in_turn([views, figures]), subjects), _TRIES):
        if is_answered(sample, bot.ask(sample.question)):
            is_new = sample.article not in {other.article for other in chosen}
            (chosen if is_new else spare).append(sample)
        if len(chosen) == count:
            break
    return [sample.question for sample in [*chosen, *spare][:count]]


def _candidates(bot: QABot) -> list[list[Iterator[Sample]]]:
    """Return, for each form of question, its candidates article by article."""
    store = bot.snapshot.store
    articles = list(store.articles())
    step = -(-len(articles) // _ARTICLES) or 1
    views: list[Iterator[Sample]] = []
    figures: list[Iterator[Sample]] = []
    subjects: list[Iterator[Sample]] = []
    for article in articles[::step]:
        passages = [p for p in store.passages_of(article.number).values() if not p.is_metadata]
        views.append(islice(views_of(article, passages), _PER_ARTICLE))
        figures.append(islice(figures_of(article, passages), _PER_ARTICLE))
        subjects.append(iter(_subject(article, passages)))
    return [views, figures, subjects]


def figures_of(article: StoredArticle, passages: Sequence[StoredPassage]) -> Iterator[Sample]:
    """Yield questions about the figures of an article."""
    for passage in passages:
        for sentence in passage.sentences:
            match = _FIGURE.match(passage.text_of(sentence.span))
            if match and not _LEANS_BACK.search(match["before"]):
                asked = f"{match['before']}多少{match['scale']}{match['unit']}{match['after']}？"
                yield Sample(asked, article.id, None, sentence.span)


def views_of(article: StoredArticle, passages: Sequence[StoredPassage]) -> Iterator[Sample]:
    """Yield questions about what each guest says in each section of an article."""
    seen = set()
    for passage in passages:
        speaker, section = passage.speaker, passage.section
        if not speaker or not section or (speaker, section) in seen:
            continue
        seen.add((speaker, section))
        if not is_host(speaker, article.speakers) and len(section) <= 20:
            question = _VIEW.format(speaker=speaker, section=section)
            yield Sample(question, article.id, speaker, passage.span)


def _subject(article: StoredArticle, passages: Sequence[StoredPassage]) -> list[Sample]:
    if not passages or len(article.title) > 40:
        return []
    form = _ABOUT_ENGLISH if article.title.isascii() else _ABOUT
    body = Span(passages[0].span.start, passages[-1].span.end)
    return [Sample(form.format(title=article.title), article.id, None, body)]


def in_turn(parts: Sequence[Iterator[Sample]]) -> Iterator[Sample]:
    """Yield the first of each part, then the second of each, and so on."""
    rounds = zip_longest(*parts)
    return (sample for sample in chain.from_iterable(rounds) if sample is not None)


def is_answered(sample: Sample, answer: Answer) -> bool:
    """Whether a sample got a good answer, from where it was made of alone."""
    return (
        answer.confidence >= _CONFIDENCE
        and answer.answered
        and all(
            quote.article.id == sample.article
            and (sample.speaker is None or (quote.speaker and quote.speaker.name == sample.speaker))
            for quote in answer.quotes
        )
        and any(
            quote.span.start < sample.within.end and sample.within.start < quote.span.end
            for quote in answer.quotes
        )
    )
