"""The web chat for those who run it: who is let in, what is refused, and what programs get."""

import asyncio
import base64
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from gradio_client import Client
from playwright.sync_api import expect

from load_chat import measure
from qa_bot import QABot, __version__
from qa_bot.errors import SettingsError
from qa_bot.settings import Settings
from qa_bot.web.assets import address_of
from qa_bot.web.live import LiveBot
from qa_bot.web.password import read_account
from qa_bot.web.permissions import Permissions
from qa_bot.web.programs import add_addresses
from qa_bot.web.proxy import read_public_address
from qa_bot.web.rates import Rates
from tests.browser import opened, served, started
from tests.conftest import PROJECT

QUESTION = "南屏市有多少家“小巨人”企业？"
NAME, PASSWORD = "编辑部 é", "南屏 晚报: ü"


def _basic(name: str, password: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


@pytest.fixture(scope="module")
def address(bot: QABot) -> Iterator[str]:
    """The web chat as it is by default, but with five questions a minute."""
    with served(bot, Settings(port=0, rate=5)) as url:
        yield url


@pytest.fixture(scope="module")
def password_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("password") / "password.txt"
    path.write_text(f"{PASSWORD}\nnot this\n", encoding="utf-8")
    path.chmod(0o600)
    return path


@pytest.mark.parametrize(
    ("settings", "may_change", "may_leave"),
    [
        (Settings(), True, True),
        (Settings(host="::1"), True, True),
        (Settings(host="0.0.0.0"), False, True),  # noqa: S104
        (Settings(host="0.0.0.0", auth="a:b"), True, True),  # noqa: S104
        (Settings(root_path="/qa"), False, True),
        (Settings(root_path="/qa", auth="a:b"), True, True),
        (Settings(auth="a:b", share_nothing=True), False, False),
    ],
)
def test_who_may_change_the_articles(settings: Settings, may_change: bool, may_leave: bool) -> None:
    """Strangers must not: not over the network, and not through a proxy on this machine."""
    assert Permissions.of(settings) == Permissions(may_change, may_leave)


@pytest.mark.parametrize(
    ("setting", "content", "message"),
    [
        ("editor", b"x", r"auth must be NAME:FILE, .* got 'editor'"),
        (":FILE", b"x", "auth must be NAME:FILE"),
        ("editor:FILE.no", b"x", r"password.txt.no: the password cannot be read \(No such file"),
        ("editor:FILE", b"", "the first line must be a password"),
        ("editor:FILE", b"\nsecret", "the first line must be a password"),
        ("editor:FILE", b"x" * 5000, "the first line must be a password of 1 to 4,096 bytes"),
        ("editor:FILE", b"\xff\xfe", "the password is not UTF-8"),
    ],
)
def test_a_password_that_is_none_is_refused_before_anything_is_served(
    tmp_path: Path, setting: str, content: bytes, message: str
) -> None:
    path = tmp_path / "password.txt"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=message):
        read_account(setting.replace("FILE", str(path)))


@pytest.mark.skipif(os.name != "posix", reason="other systems have no such modes")
def test_a_password_that_others_may_read_is_told(password_file: Path) -> None:
    account = read_account(f"{NAME}:{password_file}")
    assert account
    assert not account.is_exposed
    password_file.chmod(0o640)
    account = read_account(f"{NAME}:{password_file}")
    password_file.chmod(0o600)
    assert account
    assert account.is_exposed
    assert PASSWORD not in repr(account)


def test_a_password_is_the_same_however_a_keyboard_composes_it(password_file: Path) -> None:
    """Macs send e and an accent where others send é."""
    account = read_account(f"{NAME}:{password_file}")
    assert account

    def knows(name: str, password: str) -> bool:
        return account.is_named_by(_basic(name, password)["authorization"].encode())

    assert knows(NAME, PASSWORD)
    assert knows(NAME.replace("é", "e\u0301"), PASSWORD.replace("ü", "u\u0308"))
    assert not knows(NAME, f"{PASSWORD}\n")
    assert not knows(NAME, "")
    for header in (b"", b"Basic", b"Basic ====", b"Basic /w==", b"Bearer x", b"basic \xff"):
        assert not account.is_named_by(header)


@pytest.mark.parametrize(
    "root_path", ["qa", "ftp://a/b", "https://", "/a?b", "https://u:p@a/", "https://a:x/", "/api/x"]
)
def test_a_root_path_that_cannot_be_one_is_refused(root_path: str) -> None:
    with pytest.raises(SettingsError, match="root_path must"):
        read_public_address(root_path)


def test_an_address_has_so_many_questions_within_any_minute() -> None:
    now = [0.0]
    rates = Rates(3, clock=lambda: now[0])
    assert [rates.take("10.0.0.1") for _ in range(4)] == [0, 0, 0, 60]
    assert rates.take("10.0.0.2") == 0
    now[0] = 59.5
    assert rates.wait("10.0.0.1") == rates.take("10.0.0.1") == 1
    now[0] = 60
    assert rates.take("10.0.0.1") == 0
    assert [rates.take(f"2001:db8::{n}") for n in range(4)][-1] > 0  # one household
    assert rates.take("2001:db8:0:1::1") == 0


def test_idle_addresses_are_forgotten() -> None:
    """Else anybody could fill the memory."""
    now = [0.0]
    rates = Rates(100_000, clock=lambda: now[0])
    for number in range(300):
        rates.take(f"10.0.{number % 250}.{number // 250}")
    assert rates.remembered == 10  # with so many times for each
    now[0] = 61
    rates.take("10.9.9.9")
    assert rates.remembered == 1


def test_health_tells_what_is_served_and_when_it_is_not(bot: QABot, address: str) -> None:
    answer = httpx.get(f"{address}health")
    manifest = bot.snapshot.manifest
    assert answer.json() == {
        "status": "ok",
        "articles": 4,
        "passages": manifest.passages,
        "snapshot": bot.snapshot.folder.name,
        "version": __version__,
    }
    index = bot.snapshot.folder.parent
    with LiveBot(lambda: QABot.open(index, corpus=bot.corpus), index) as live:
        app = FastAPI()
        add_addresses(app, live, tells_all=True)
    transport = httpx.ASGITransport(app)

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get("/health")

    closed = asyncio.run(ask())
    assert (closed.status_code, closed.json()) == (503, {"status": "closed"})


def test_a_program_gets_what_the_command_line_prints(bot: QABot, address: str) -> None:
    """Over plain HTTP and over Gradio's API."""
    asked = {"question": "那卓雨呢？", "history": ["邵启明怎么看融资难？"], "id": [7]}
    answer = httpx.post(f"{address}api/ask", json=asked).json()
    expected = bot.ask("那卓雨呢？", history=["邵启明怎么看融资难？"]).to_dict(id=[7])
    assert {**answer, "timings_ms": 0} == json.loads(json.dumps({**expected, "timings_ms": 0}))

    client = Client(address, verbose=False)
    api = client.view_api(return_format="dict", print_info=False)
    assert list(api["named_endpoints"]) == ["/ask"]
    assert not api["unnamed_endpoints"]
    over_gradio = json.loads(client.predict("那卓雨呢？", asked["history"], api_name="/ask"))
    assert {**over_gradio, "id": [7], "timings_ms": 0} == {**answer, "timings_ms": 0}
    scope = {"authors": ["季文远"]}
    over_gradio = json.loads(client.predict("检查几次？", None, scope, api_name="/ask"))
    assert {p["article"]["title"] for p in over_gradio["passages"]} == {"法治是最好的营商环境"}
    with pytest.raises(Exception, match="the question has 2,001 characters, at most 2,000"):
        client.predict("长" * 2001, api_name="/ask")


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        (b"", 400, "the body is not valid JSON"),
        (b"\xff", 400, "not UTF-8"),
        (b"[" * 100_000, 400, "too deep"),
        (b"[1]", 400, "the body must be an object with a question"),
        (b'{"question": "a", "id": NaN}', 400, "the body is not valid JSON (NaN is no number)"),
        (b'{"question": "a", "id": [-1e999]}', 400, "(-1e999 is too large a number)"),
        (b"{}", 422, "question must be text"),
        (b'{"question": " "}', 422, "the question is empty"),
        (json.dumps({"question": "长" * 2001}).encode(), 422, "2,001 characters, at most 2,000"),
        (b'{"question": "a", "history": [1]}', 422, "history must be a list"),
        (b'{"question": "a", "scope": "b"}', 422, "scope must be an object"),
        (b'{"question": "a", "scope": {"authors": ["b"]}}', 422, 'no author "b"'),
        (b'{"question": "' + b"a" * 1_000_000 + b'"}', 413, "at most 1,000,000 bytes"),
    ],
)
def test_a_program_is_told_what_is_wrong_with_its_question(
    address: str, body: bytes, status: int, message: str
) -> None:
    answer = httpx.post(f"{address}api/ask", content=body)
    assert answer.status_code == status
    assert message in answer.json().get("error", "")


def test_bodies_without_a_length_are_bounded_too(address: str) -> None:
    def body(parts: int) -> Iterator[bytes]:
        yield b'{"question": "'
        for _ in range(parts):
            yield b"a" * 1000
        yield b'"}'

    assert httpx.post(f"{address}api/ask", content=body(1)).status_code == 200
    answer = httpx.post(f"{address}api/ask", content=body(1500))
    assert answer.status_code == 413


def test_whoever_asks_too_fast_is_told_to_wait_and_others_are_not(address: str) -> None:
    """A proxy on this machine says who asks; this machine's own programs may ask at any rate."""

    def ask(reader: str | None) -> httpx.Response:
        headers = {"x-forwarded-for": f"203.0.113.66, {reader}"} if reader else {}
        return httpx.post(f"{address}api/ask", json={"question": QUESTION}, headers=headers)

    assert [ask("198.51.100.1").status_code for _ in range(6)] == [200] * 5 + [429]
    refused = ask("198.51.100.1")
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert "too many questions" in refused.json()["error"]
    assert ask("198.51.100.2").status_code == 200
    assert [ask(None).status_code for _ in range(7)] == [200] * 7


def _call(data: Any, *, fn_name: Any = "ask", component_id: Any = 2) -> bytes:
    call = {"data": data, "fn_name": fn_name, "component_id": component_id, "session_hash": "s"}
    return json.dumps(call).encode()


@pytest.fixture(scope="module")
def chat_id(address: str) -> int:
    """The number of the conversation among Gradio's components."""
    components = httpx.get(f"{address}config").json()["components"]
    return int(next(c["id"] for c in components if c["props"].get("elem_id") == "qa-chat"))


def test_hostile_calls_of_the_page_s_functions_are_refused(
    address: str, chat_id: int, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Anybody can send anything: no answer of status 500, and no traceback for the operator."""
    path = f"{address}gradio_api/component_server/"

    def status(body: bytes) -> tuple[int, str]:
        answer = httpx.post(path, content=body, headers={"content-type": "application/json"})
        return answer.status_code, answer.text

    def refused(data: Any) -> str:
        code, text = status(_call(data, component_id=chat_id))
        assert code == 200
        return str(json.loads(text).get("error", ""))

    assert "300,000" in refused({"question": "长" * 300_000})
    nothing: Any
    for nothing in (None, 5, [], "x", {"question": 5}, {"question": ["a"]}, {"question": "\0"}):
        assert refused(nothing)
    for scope in ({"authors": 5}, {"since": [1]}, {"x": 1}, {"authors": ["\ud800"]}):
        assert refused({"question": "a", "scope": scope})
    assert not refused({"question": "耐心\ud800\0资本", "history": ["\udfff", "\0"]})
    assert status(_call({}, component_id=10**6))[0] == 400
    assert status(_call({}, component_id="x"))[0] == 400
    for name in ("nope", "postprocess", "__init__", 5):
        assert status(_call({}, fn_name=name, component_id=chat_id))[0] in (400, 404)
    deep = _call("DEEP", component_id=chat_id).replace(b'"DEEP"', b"[" * 10**5 + b"]" * 10**5)
    assert status(deep)[0] == 400
    assert status(b"x" * 9_000_000)[0] == 413
    for name in ("join", "zz"):
        body = {"data": [1], "fn_index": 99, "session_hash": "s"}
        assert httpx.post(f"{address}gradio_api/queue/{name}", json=body).status_code < 500
    httpx.post(f"{address}gradio_api/run/ask", json={"data": [{}, 5, 7]})
    assert httpx.post(f"{address}gradio_api/run/zz", json={"data": []}).status_code == 400
    assert "Traceback" not in caplog.text + "".join(capfd.readouterr())


@pytest.mark.parametrize(
    "path",
    [
        "gradio_api/file=/etc/passwd",
        "gradio_api/file=..%2f..%2fetc/passwd",
        "gradio_api/file=http://192.0.2.1/x",
        "gradio_api/proxy=http://192.0.2.1/x",
        "gradio_api/custom_component/a/client/b/c",
        "gradio_api/openapi.json",
        "gradio_api/deep_link",
        "openapi.json",
        "docs",
        "static/..%2f..%2fetc/passwd",
        "assets/..%2f..%2fetc/passwd",
        "evaluation/..%2f../x",
        "evaluation/KEY/..%2f..%2fetc%2fpasswd",
        "evaluation/KEY/%2fetc%2fpasswd",
        address_of("..%2fassets.py"),
        address_of("..%2f..%2fcli.py"),
        address_of("%2fetc%2fpasswd"),
        address_of("..%5c..%5ccli.py"),
        address_of("page.css%00"),
    ],
)
def test_files_and_addresses_outside_are_not_served(address: str, path: str) -> None:
    assert httpx.get(f"{address}{path}").status_code in (403, 404)


def test_another_site_s_page_and_another_host_s_name_are_refused(address: str) -> None:
    """Else any page that a reader has open could ask, change articles, or read what is served."""

    def get(**headers: str) -> int:
        return httpx.get(address, headers=headers).status_code

    def post(**headers: str) -> int:
        body = {"question": QUESTION}
        return httpx.post(f"{address}api/ask", json=body, headers=headers).status_code

    port = httpx.URL(address).port
    assert get(host="evil.example") == get(host=f"localhost.evil.example:{port}") == 421
    assert get(host=f"localhost:{port}") == get(host="[::1]") == 200
    assert post(origin=f"http://127.0.0.1:{port}") == post() == 200
    for origin in ("http://evil.example", "null", "http://127.0.0.1:1", f"http://localhost:{port}"):
        assert post(origin=origin) == get(origin=origin) == 403
    assert post(**{"sec-fetch-site": "cross-site"}) == 403
    assert get(**{"sec-fetch-site": "cross-site"}) == 200  # a link that somebody followed


def test_every_answer_says_what_the_page_may_do(address: str) -> None:
    for path, host in (("", "localhost"), ("api/ask", "localhost"), ("x", "evil.example")):
        headers = httpx.get(f"{address}{path}", headers={"host": host}).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "server" not in headers


def test_without_the_password_nothing_is_reached(bot: QABot, password_file: Path) -> None:
    """Page, files, Gradio's API, ours: only whether the server is up is told."""
    settings = Settings(port=0, auth=f"{NAME}:{password_file}")
    right = _basic(NAME, PASSWORD)
    with served(bot, settings) as url:
        paths = ("", "config", "api/ask", "gradio_api/info", "theme.css", "evaluation/a/b", "x")
        for path in (*paths, address_of("page.css"), "gradio_api/heartbeat/x"):
            refused = httpx.get(f"{url}{path}")
            assert refused.status_code == 401
            assert refused.headers["www-authenticate"] == 'Basic realm="qa-bot", charset="UTF-8"'
        assert httpx.post(f"{url}gradio_api/upload", content=b"x").status_code == 401
        assert httpx.get(f"{url}health").json() == {"status": "ok"}
        assert httpx.get(url, headers=right).status_code == 200
        # Both of gradio_client's ways, and its stream of events.
        for way in ({"headers": right}, {"httpx_kwargs": {"auth": (NAME, PASSWORD)}}):
            client = Client(url, verbose=False, **way)
            assert json.loads(client.predict(QUESTION, api_name="/ask"))["answered"]

        attacker = {"x-forwarded-for": "203.0.113.9", **_basic(NAME, "123456")}
        guesses = [httpx.get(url, headers=attacker).status_code for _ in range(12)]
        assert guesses == [401] * 10 + [429] * 2
        assert httpx.get(url, headers={**attacker, **right}).status_code == 429
        assert httpx.get(url, headers=right).status_code == 200


@contextmanager
def _proxy(*, strip: str = "", host: bytes = b"") -> Iterator[tuple[int, list[int]]]:
    """A reverse proxy on loopback, one request a connection; gives its port, takes another's.

    Args:
        strip: Prefix that is taken off the paths.
        host: Sent on instead of the reader's.
    """
    target: list[int] = []

    def handle(reader: socket.socket) -> None:
        with closing(reader), socket.create_connection(("127.0.0.1", target[0])) as server:
            head = b""
            while b"\r\n\r\n" not in head and (part := reader.recv(65536)):
                head += part
            head = head.replace(f" {strip}/".encode(), b" /", 1) if strip else head
            head = re.sub(rb"(?i)\r\nconnection: [^\r]*", b"", head)
            if host:
                head = re.sub(rb"(?i)\r\nhost: [^\r]*", b"\r\nHost: " + host, head)
            added = b"\r\nX-Forwarded-For: 203.0.113.5\r\nConnection: close\r\n"
            server.sendall(head.replace(b"\r\n", added, 1))
            threading.Thread(target=pump, args=(reader, server), daemon=True).start()
            pump(server, reader)

    def pump(source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while part := source.recv(65536):
                sink.sendall(part)

    def listen() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=handle, args=(proxy.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as proxy:
        threading.Thread(target=listen, daemon=True).start()
        yield proxy.getsockname()[1], target
        proxy.shutdown(socket.SHUT_RDWR)


def _port(url: str) -> int:
    return httpx.URL(url).port or 80


def test_a_reader_behind_a_proxy_signs_in_asks_and_is_told_to_slow_down(
    bot: QABot, password_file: Path
) -> None:
    """The proxy takes the prefix away and keeps the Host header, as nginx is told to."""
    settings = Settings(port=0, auth=f"{NAME}:{password_file}", rate=2, root_path="/qa")
    who: Any = {"username": NAME, "password": PASSWORD}
    with (
        _proxy(strip="/qa") as (port, target),
        served(bot, settings) as url,
        started() as browser,
        opened(browser, http_credentials=who) as page,
    ):
        target.append(_port(url))
        page.goto(f"http://127.0.0.1:{port}/qa/")
        box = page.get_by_label("您的问题")
        turns = page.locator(".qa-turn")
        for number in (1, 2):
            box.fill(QUESTION)
            box.press("Enter")
            expect(turns).to_have_count(number)
            expect(turns.nth(number - 1).locator("mark")).to_contain_text("12家")
        box.fill(QUESTION)
        box.press("Enter")
        expect(page.locator(".qa-composer .qa-notice")).to_contain_text(
            re.compile(r"^问得太快了，请过 \d+ 秒再试。")
        )
        expect(box).to_have_value(QUESTION)


def test_a_chat_that_shares_nothing_only_answers(bot: QABot) -> None:
    """Here the proxy keeps the prefix and sends its own Host: the whole address has to be known."""
    with _proxy(host=b"localhost") as (port, target):
        public = f"http://127.0.0.1:{port}/qa"
        settings = Settings(port=0, share_nothing=True, root_path=public)
        with (
            served(bot, settings) as url,
            started() as browser,
            opened(browser, locale="en-US", viewport={"width": 1440, "height": 900}) as page,
        ):
            target.append(_port(url))
            assert httpx.get(public).headers["location"] == "/qa/"
            page.goto(f"{public}/#evaluation")
            box = page.get_by_label("Your question")
            box.fill("How many countries do the gear makers export to?")
            box.press("Enter")
            expect(page.locator(".qa-turn mark")).to_have_text("23")
            expect(page.get_by_role("link", name="Evaluate")).to_have_count(0)
            upload = httpx.post(f"{url}gradio_api/upload", files={"files": ("a.jsonl", b"{}")})
            assert upload.status_code == 403
            client = Client(f"{public}/", verbose=False)
            assert json.loads(client.predict(QUESTION, api_name="/ask"))["answered"]


@pytest.mark.skipif(os.name != "posix", reason="other systems have no such signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_server_at_once_although_pages_are_open(
    bot: QABot, number: signal.Signals
) -> None:
    index = str(bot.snapshot.folder.parent)
    command = [sys.executable, "-m", "qa_bot", "chat", "--port=0"]
    process = subprocess.Popen(
        [*command, f"--corpus={bot.corpus}", f"--index={index}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    url = process.stdout.readline().split(" at ")[1].split()[0]
    taken = subprocess.run(
        [*command, f"--port={_port(url)}", f"--corpus={bot.corpus}", f"--index={index}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert taken.returncode == 2
    assert re.fullmatch(r"qa-bot: port \d+ on 127.0.0.1 is taken; .*\n", taken.stderr)
    with httpx.stream("GET", f"{url}gradio_api/heartbeat/x", timeout=20) as stream:
        lines = stream.iter_lines()
        assert next(lines) == "data: ALIVE"
        process.send_signal(number)
        began = time.perf_counter()
        with suppress(httpx.HTTPError):
            list(lines)  # until the server hangs up
        assert time.perf_counter() - began < 2
    _, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (0, "")


def test_the_readme_s_example_of_gradio_client_runs(
    address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    readme = (PROJECT / "README.md").read_text("utf-8")
    _, example = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    example = example.replace("http://127.0.0.1:7860", address).replace("云江市", "南屏市")
    exec(example, {})  # noqa: S102 # our own example
    assert "12家" in capsys.readouterr().out


def test_people_who_ask_at_once_are_all_answered(bot: QABot) -> None:
    """A small version of `make load`; how long they wait depends on the machine."""
    index = bot.snapshot.folder.parent
    loads = measure(Path(bot.corpus), index, people=10, each=3)
    assert [(load.way, load.errors, len(load.seconds)) for load in loads] == [
        ("the page", (), 30),
        ("/api/ask", (), 30),
    ]
    assert "p95" in str(loads[0])
