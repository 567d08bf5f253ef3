"""Streams of tokens: the text of `seqkit sample` with the same seed, in pieces."""

import math

import pytest

from seqkit.serve.asking import Asked
from seqkit.serve.generating import GeneratePanel
from seqkit.tasks import language
from seqkit.tasks.language import TrainedLanguageModel
from seqkit.text.backward import Backward
from tests.serve.asked import GOLDEN, printed, printed_json

CHOICES = [
    {},
    {"seed": 7, "prompt": "the red fox"},
    {"seed": 3, "temperature": 0.5, "top_k": 5, "max_tokens": 7},
    {"seed": 4, "top_p": 0.6, "temperature": 2.5, "prompt": "the old it's $HOME"},
    {"seed": 5, "stop": ["e", "zz"], "temperature": 1.5},
    {"seed": 1 << 40, "prompt": "the red fox sees a small lamp .\nthe "},
]


@pytest.mark.parametrize("run", ["language", "subwords"])
@pytest.mark.parametrize("fields", CHOICES)
def test_a_stream_is_what_sample_prints(site, run, fields):
    told = site.answer(run, "generate", **fields)
    (first, start), (last, done) = told[0], told[-1]
    assert (first, last) == ("start", "done")
    tokens = [event for name, event in told[1:-1] if name == "token"]
    assert len(tokens) == len(told) - 2 == done["tokens"]
    assert printed(start["command"]) == done["text"] + "\n"
    (line,) = printed_json(start["command"])
    for name in ("text", "tokens", "log_prob", "finished"):
        assert done[name] == line[name]
    pieces = start["prompt"] + "".join(event["text"] for event in tokens)
    assert pieces.startswith(done["text"])  # a stop text may have been told in part
    if not fields.get("stop"):
        assert pieces == done["text"]


def test_surprisals_are_those_of_the_model(site):
    told = site.answer("language", "generate", prompt="the red", seed=2, temperature=3.0)
    tokens = [event for name, event in told if name == "token"]
    model = language.load(GOLDEN / "language", "cpu").in_float64()
    ids = [*model.ids("the red"), *model.vocabulary.ids([event["token"] for event in tokens])]
    assert ids[-1] == model.vocabulary.eos
    (score,) = model.score([model.text(ids[:-1])])
    assert [-event["surprisal"] for event in tokens] == pytest.approx(score.log_probs[2:])


def test_the_likeliest_tokens_are_those_of_the_model(site):
    told = site.answer("language", "generate", prompt="the", max_tokens=1, top_k=1)
    (token,) = [event for name, event in told if name == "token"]
    model = language.load(GOLDEN / "language", "cpu").in_float64()
    last, state = model.prime(model.ids("the"), 1)
    log_probs = model.model.step(last, state)[0][0].tolist()
    ranked = sorted(zip(log_probs, model.vocabulary.types, strict=True), reverse=True)[:5]
    assert [word for word, _ in token["likeliest"]] == [word for _, word in ranked]
    shares = [share for _, share in token["likeliest"]]
    assert shares == pytest.approx([math.exp(log_prob) for log_prob, _ in ranked])
    assert token["token"] == token["likeliest"][0][0]
    assert token["surprisal"] == pytest.approx(-ranked[0][0])


def test_a_prompt_of_unknown_words_is_told(site):
    assert site.answer("language", "generate", prompt="qqq", max_tokens=1)[0][1]["unknown"] is True
    assert site.answer("language", "generate", prompt="the", max_tokens=1)[0][1]["unknown"] is False


@pytest.mark.parametrize("prompt", ["", "lamp .", "the fox\na small lamp ."])
def test_a_model_that_writes_from_the_end_puts_pieces_before(prompt):
    held = language.load(GOLDEN / "language", "cpu")
    model = TrainedLanguageModel(held.model, Backward(held.tokenizer), held.vocabulary)
    asked = Asked(b'{"seed": 2, "prompt": %s}' % repr(prompt).replace("'", '"').encode())
    _, *tokens, done = GeneratePanel("runs/x", model).generate(asked)
    above, line_feed, line = prompt.rpartition("\n")
    for event in tokens:
        line = event["text"] + line
    assert len(tokens) > 1 and done["text"] == above + line_feed + line


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"max_tokens": 513}, "'max_tokens' is to be from 1 to 512, not 513"),
        ({"top_k": 1001}, "'top_k' is to be from 0 to 1000, not 1001"),
        ({"top_k": True}, "'top_k' is to be a whole number, not true"),
        ({"temperature": 0}, "'temperature' is to be from 0.01 to 100, not 0"),
        ({"temperature": "1"}, "'temperature' is to be a number, not \"1\""),
        ({"top_p": 1.5}, "'top_p' is to be from 1e-06 to 1, not 1.5"),
        ({"seed": -1}, "'seed' is to be from 0 to"),
        ({"seed": 10**5000}, "the request is no JSON"),
        ({"prompt": "x" * 5001}, "'prompt' has 5,001 characters; at most 5,000 are taken"),
        ({"prompt": "\ud800"}, "'prompt' holds half a character"),
        ({"stop": [""]}, "'stop' holds an empty text"),
        ({"stop": ["x"] * 9}, "'stop' has 9 texts; at most 8 are taken"),
        ({"min_p": 1}, 'there is no field "min_p"'),
    ],
)
def test_what_is_wrong_is_told_before_the_stream(site, fields, error):
    if "seed" in fields and fields["seed"] > 2**63:
        path, body = "/api/language/generate", '{"seed": ' + "9" * 5000 + "}"
        status, _, told = site.send("POST", path, body, {"content-type": "application/json"})
        assert status == 400 and error.encode() in told
    else:
        assert site.error("language", "generate", **fields).startswith(error)
