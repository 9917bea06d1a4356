"""A question, where its answer stands, and what it got -> a row."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from qa_bot.evaluation.comparable import comparable
from qa_bot.evaluation.gold import Gold, Place
from qa_bot.evaluation.records import Question, Row
from qa_bot.evaluation.retrieval import score_articles, score_passages
from qa_bot.evaluation.spans import exact_match, f1
from qa_bot.records import Answer, Quote, ShownPassage
from qa_bot.sentences import split_sentences
from qa_bot.verify import is_on_lines, is_verbatim


def judge(
    question: Question,
    answer: Answer,
    gold: Gold,
    *,
    threshold: float,
    top_k: int,
    names: Mapping[str, str],
) -> Row:
    """Compare an answer with what the question set says.

    Args:
        question: The question.
        answer: What it gets at threshold 0, with all passages found.
        gold: Where the answer stands.
        threshold: The confidence under which a user gets no answer.
        top_k: Passages that a user is shown.
        names: Document id by article id, where the two differ.
    """
    answered = answer.answered and answer.confidence >= threshold
    shown = replace(
        answer,
        answered=answered,
        quotes=answer.quotes if answered else (),
        passages=answer.passages[:top_k],
    )
    withheld = () if answered else answer.quotes
    found = [list(_places(passage)) for passage in answer.passages]
    # Of one hit, what is right counts first: it is found at the hit's own rank.
    places = [p for hit in found for p in sorted(hit, key=lambda p: p not in gold.passages)]
    ids = [id_ for hit in found for id_, _ in sorted(hit, key=lambda p: p[0] not in gold.articles)]
    ranking = list(dict.fromkeys(ids))
    right = _is_right(question, answer.quotes, gold)
    values = {
        # Sums over sets differ in their last bits from run to run, and would part equals.
        "confidence": round(answer.confidence, 6),
        "answerable": float(question.answerable),
        "latency_ms": answer.timings_ms["total"],
        **_quote_values(question, shown),
        **_attribution(question, shown, gold),
        **_proof(shown.quotes),
        **score_articles(ranking, gold.articles),
        **score_passages(places, gold.passages),
    }
    if question.answerable:
        values["answered"] = float(answered)
    else:
        values["false_answers"] = float(answered)
    if right is not None:
        values["right"] = float(right)
        if answered:
            values["precision"] = float(right)
    article_rank, passage_rank = _first(ranking, gold.articles), _first(places, gold.passages)
    return Row(
        id=question.id,
        type=question.type,
        expected=question,
        answer=shown.to_dict(id=question.id),
        withheld=replace(shown, quotes=withheld).to_dict()["quotes"],
        right_articles={names.get(id_, id_): grade for id_, grade in gold.articles.items()},
        ranking=[names.get(id_, id_) for id_ in ranking],
        article_rank=article_rank,
        passage_rank=passage_rank,
        values=values,
        failure=_failure(
            values,
            is_found=passage_rank is not None if gold.passages else article_rank is not None,
            is_known=bool(gold.passages or gold.articles),
        ),
    )


def _places(passage: ShownPassage) -> Iterator[Place]:
    """Yield where a passage stands, the reprints found with it among them."""
    yield passage.article.id, passage.span
    yield from ((reprint.article.id, reprint.span) for reprint in passage.also_in)


def _is_from(quote: Quote, articles: Collection[str]) -> bool:
    """Whether a quote is from one of these articles, or said to stand there too."""
    named = (quote.article, *(reprint.article for reprint in quote.also_in))
    return any(article.id in articles for article in named)


def _is_right(question: Question, quotes: Sequence[Quote], gold: Gold) -> bool | None:
    """Whether the quotes answer the question; None if the set does not say what would."""
    if not question.answerable:
        return False
    if question.all_of or question.any_of:
        return _holds(question, quotes)
    if gold.articles:
        return bool(quotes) and _is_from(quotes[0], gold.articles)
    return None


def _holds(question: Question, quotes: Sequence[Quote]) -> bool:
    text = "\n".join(comparable(quote.text) for quote in quotes)
    needed = all(comparable(part) in text for part in question.all_of)
    either = not question.any_of or any(comparable(part) in text for part in question.any_of)
    return bool(quotes) and needed and either


def _quote_values(question: Question, answer: Answer) -> dict[str, float]:
    """What is quoted, against the strings that the question needs."""
    quotes = answer.quotes
    values: dict[str, float] = {}
    if quotes:
        values["quote_length"] = float(sum(len(quote.text) for quote in quotes))
    strings = (*question.all_of, *question.any_of)
    if not question.answerable or not strings:
        return values
    values["quote_hit"] = float(_holds(question, quotes))
    if quotes:
        marks = [mark for quote in quotes for mark in _carrying(quote.text, strings)]
        values["quote_precision"] = sum(marks) / len(marks)
    # Several strings that are all needed are parts of an answer, no answer that can be marked.
    references = question.any_of or (question.all_of if len(question.all_of) == 1 else ())
    if references:
        span = _highlight(quotes[0]) if quotes else ""
        values["highlight_f1"] = f1(span, references)
        values["highlight_em"] = exact_match(span, references)
    return values


def _carrying(text: str, strings: Sequence[str]) -> list[bool]:
    """Tell of each sentence of a quote whether one of the strings stands in it, or partly does."""
    sentences = [comparable(text[start:end]) for start, end in split_sentences(text)]
    whole = "".join(sentences)
    spans, end = [], 0
    for sentence in sentences:
        spans.append((end, end + len(sentence)))
        end += len(sentence)
    carrying = [False] * len(spans)
    for string in filter(None, map(comparable, strings)):
        at = whole.find(string)
        while at >= 0:
            for number, (first, last) in enumerate(spans):
                carrying[number] |= first < at + len(string) and at < last
            at = whole.find(string, at + 1)
    return carrying


def _highlight(quote: Quote) -> str:
    span, start = quote.highlights[0], quote.span.start
    return quote.text[span.start - start : span.end - start]


def _attribution(question: Question, answer: Answer, gold: Gold) -> dict[str, float]:
    """Whether the first quote is from the right article and of the right speaker."""
    values: dict[str, float] = {}
    if not question.answerable:
        return values
    first = answer.quotes[0] if answer.quotes else None
    if question.article or question.relevant:
        values["article"] = float(first is not None and _is_from(first, gold.articles))
    if question.speaker:
        speaker = first.speaker if first else None
        values["speaker"] = float(speaker is not None and speaker.name == question.speaker)
    return values


def _proof(quotes: Sequence[Quote]) -> dict[str, float]:
    """Whether the files hold every quote at its offsets, and on its lines."""
    if not quotes:
        return {}
    verbatim = on_lines = True
    for quote in quotes:
        text = Path(quote.article.path).read_bytes().decode("utf-8")
        place = (quote.span.start, quote.span.end)
        verbatim &= is_verbatim(text, *place, quote.text)
        on_lines &= is_on_lines(text, *place, (quote.line_start, quote.line_end))
    return {"quote_guarantee": float(verbatim), "lines": float(on_lines)}


def _first(found: Sequence[object], right: Collection[object]) -> int | None:
    """Return the rank, from 1, of the first one found that is right."""
    return next((rank for rank, one in enumerate(found, start=1) if one in right), None)


def _failure(values: Mapping[str, float], *, is_found: bool, is_known: bool) -> str | None:
    """Return in what way the question failed, the first cause first; see `FAILURES`."""
    if not values["answerable"]:
        return "wrongly answered" if values["false_answers"] else None
    if "right" not in values:
        return None
    answered, is_other_speaker = values["answered"], not values.get("speaker", True)
    if not values["right"]:
        if answered and is_other_speaker:
            return "wrong speaker"
        return "not retrieved" if is_known and not is_found else "not quoted"
    if not answered:
        return "wrongly abstained"
    if is_other_speaker:
        return "wrong speaker"
    return "wrong article" if not values.get("article", True) else None
