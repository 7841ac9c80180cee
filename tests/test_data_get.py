"""Public sets are fetched, taken up, checked and converted; what goes wrong is one line."""

import csv
import errno
import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from stancekit import datasets
from stancekit.cli import main
from stancekit.datasets import converting, downloading, getting, loading, public
from stancekit.errors import DownloadError, InputError, OutputError

PUBLIC = Path(__file__).parent.parent.parent / "shared" / "data"
RECORD = {"mention": "Arvonia", "polarity": -1, "from": 0, "to": 7, "sentence": "Arvonia fell.", "id": "a_1_-1_3_A_0_7"}
# Long enough to be cut in the middle of a chunk.
RAW = "".join(json.dumps(RECORD | {"id": f"a_{number}_-1_3_A_0_7"}) + "\n" for number in range(3000)).encode()
READY = converting.CONVERTERS["newsmtsc"](Path("train.jsonl"), RAW)
PUBLISHED = "owner/repository/commit/folder/sets/train.jsonl"


def sha256(data):
    return hashlib.sha256(data).hexdigest()


class Server(ThreadingHTTPServer):
    """Serves one file; `breaks` holds after how many bytes the next answers break off, `fails` their status."""

    daemon_threads = True

    def handle_error(self, *_):
        # Who asked has gone away, as some tests will have it.
        assert isinstance(sys.exception(), ConnectionError)

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.data, self.breaks, self.fails, self.ranges, self.asked, self.slow = RAW, [], [], True, [], 0.0


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        server = self.server
        server.asked.append(self.headers.get("Range"))
        if server.fails:
            return self.answer(server.fails.pop(0), b"")
        if self.path != f"/{PUBLISHED}":
            return self.answer(404, b"")
        begin = 0
        if server.ranges and (asked := self.headers.get("Range")):
            begin = int(asked.removeprefix("bytes=").removesuffix("-"))
            if begin >= len(server.data):
                return self.answer(416, b"")
        return self.answer(206 if begin else 200, server.data[begin:], begin)

    def answer(self, status, body, begin=0):
        server = self.server
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if status == 206:
            self.send_header("Content-Range", f"bytes {begin}-{begin + len(body) - 1}/{begin + len(body)}")
        self.end_headers()
        stop = server.breaks.pop(0) if server.breaks and body else len(body)
        for start in range(0, stop, 1 << 14):
            self.wfile.write(body[start : min(stop, start + (1 << 14))])
            self.wfile.flush()
            time.sleep(server.slow)
        if stop < len(body):
            self.close_connection = True


@contextmanager
def serving():
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def set_of(monkeypatch):
    """Put a made-up NewsMTSC of one split in the place of the real one."""

    def write(ready=READY):
        source = replace(datasets.SOURCES["newsmtsc"], sums={"train": sha256(ready)}, published={"train": PUBLISHED})
        sources = dict(datasets.SOURCES) | {"newsmtsc": source}
        for module in (getting, loading, datasets):
            monkeypatch.setattr(module, "SOURCES", sources)

    return write


@pytest.fixture
def server(set_of, monkeypatch):
    set_of()
    monkeypatch.setattr(downloading, "FIRST_WAIT", 0.0)
    with serving() as running:
        monkeypatch.setattr(getting, "HOST", f"http://127.0.0.1:{running.server_port}")
        yield running


def left(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_set_is_fetched_converted_and_read(server, tmp_path):
    folder = datasets.get("newsmtsc", to=tmp_path / "new" / "folder")
    assert (folder / "train.csv").read_bytes() == READY
    assert left(folder) == ["train.csv"]
    assert server.asked == [None]
    stances = datasets.load("newsmtsc", path=folder).stances
    assert len(stances) == 3000
    assert stances.iloc[7][["article_id", "target", "label"]].tolist() == ["a_7_-1", "Arvonia", "against"]


def test_a_connection_that_breaks_off_is_taken_up_where_it_broke(server, tmp_path):
    server.breaks = [98_304, 49_152]
    datasets.get("newsmtsc", to=tmp_path)
    assert (tmp_path / "train.csv").read_bytes() == READY
    assert [int((asked or "bytes=0-")[6:-1]) for asked in server.asked] == [0, 98_304, 147_456]


def test_a_part_from_an_earlier_call_is_taken_up(server, tmp_path):
    server.breaks = [40_960, 0, 0, 0]
    message = (
        r"in 4 attempts \(the connection broke off\); 40,960 bytes are kept in train\.raw\.part; check the network"
    )
    with pytest.raises(DownloadError, match=message):
        datasets.get("newsmtsc", to=tmp_path)
    assert left(tmp_path) == ["train.raw.part"]
    assert (tmp_path / "train.raw.part").read_bytes() == RAW[:40_960]
    server.asked.clear()
    datasets.get("newsmtsc", to=tmp_path)
    assert server.asked == ["bytes=40960-"]
    assert left(tmp_path) == ["train.csv"]


def test_a_server_without_ranges_gives_the_file_anew(server, tmp_path):
    server.ranges, server.breaks = False, [98_304]
    datasets.get("newsmtsc", to=tmp_path)
    assert server.asked == [None, "bytes=98304-"]
    assert (tmp_path / "train.csv").read_bytes() == READY


def test_a_part_that_is_longer_than_the_file_is_begun_anew(server, tmp_path):
    (tmp_path / "train.raw.part").write_bytes(RAW + b"more")
    datasets.get("newsmtsc", to=tmp_path)
    assert server.asked == [f"bytes={len(RAW) + 4}-", None]
    assert left(tmp_path) == ["train.csv"]


def test_a_busy_server_is_asked_again(server, tmp_path):
    server.fails = [503, 429, 500]
    datasets.get("newsmtsc", to=tmp_path)
    assert len(server.asked) == 4


def test_waits_grow(server, tmp_path, monkeypatch):
    waits = []
    monkeypatch.setattr(downloading, "FIRST_WAIT", 1.0)
    monkeypatch.setattr(downloading.time, "sleep", waits.append)
    server.fails = [503, 503, 503]
    datasets.get("newsmtsc", to=tmp_path)
    # The server's own sleeps are of no length.
    assert [wait for wait in waits if wait] == [1.0, 2.0, 4.0]


def test_a_file_that_is_not_there_is_said_at_once(server, tmp_path):
    server.fails = [404]
    with pytest.raises(DownloadError, match=r"train\.jsonl: the server answered 404 Not Found, .* with --from$"):
        datasets.get("newsmtsc", to=tmp_path)
    assert len(server.asked) == 1
    assert left(tmp_path) == []


@pytest.mark.usefixtures("server")
def test_without_a_network_it_is_said_after_four_attempts(tmp_path, monkeypatch):
    with serving() as gone:
        address = f"http://127.0.0.1:{gone.server_port}"
    monkeypatch.setattr(getting, "HOST", address)
    with pytest.raises(
        DownloadError, match=r"not fetched in 4 attempts \(.*Connection refused\); check the network and call again$"
    ):
        datasets.get("newsmtsc", to=tmp_path)
    assert left(tmp_path) == []


def test_a_name_that_does_not_resolve_is_said(set_of, tmp_path, monkeypatch):
    set_of()
    monkeypatch.setattr(downloading, "FIRST_WAIT", 0.0)
    monkeypatch.setattr(getting, "HOST", "http://nowhere.invalid")
    with pytest.raises(DownloadError, match=r"not fetched in 4 attempts \(.*nowhere\.invalid.*\); check the network"):
        datasets.get("newsmtsc", to=tmp_path)


def test_another_file_than_the_pinned_one_is_refused_and_not_kept(server, tmp_path):
    server.data = RAW.replace(b"fell", b"rose", 1)
    with pytest.raises(InputError, match=r"as CSV its sha256 must be [0-9a-f]{64}, got [0-9a-f]{64}: it is damaged or"):
        datasets.get("newsmtsc", to=tmp_path)
    assert left(tmp_path) == []
    server.data = RAW
    datasets.get("newsmtsc", to=tmp_path)
    assert left(tmp_path) == ["train.csv"]


def test_what_is_there_is_not_fetched_again_unless_forced(server, tmp_path):
    datasets.get("newsmtsc", to=tmp_path)
    datasets.get("newsmtsc", to=tmp_path)
    assert len(server.asked) == 1
    datasets.get("newsmtsc", to=tmp_path, force=True)
    assert len(server.asked) == 2


def test_a_file_of_ones_own_is_overwritten_only_by_force(server, tmp_path):
    (tmp_path / "train.csv").write_text("mine")
    with pytest.raises(OutputError, match=r"train\.csv: another file is there; .*--force to overwrite"):
        datasets.get("newsmtsc", to=tmp_path)
    assert (tmp_path / "train.csv").read_text() == "mine"
    assert server.asked == []
    datasets.get("newsmtsc", to=tmp_path, force=True)
    assert (tmp_path / "train.csv").read_bytes() == READY


def test_a_whole_file_that_was_not_converted_yet_is_not_fetched_again(server, tmp_path):
    (tmp_path / "train.raw").write_bytes(RAW)
    datasets.get("newsmtsc", to=tmp_path)
    assert server.asked == []
    assert left(tmp_path) == ["train.csv"]


def test_what_was_fetched_stays_until_what_is_made_of_it_is_written(server, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        with pytest.raises(OutputError, match=r"train\.csv: cannot be written \(No space left on device\)"):
            datasets.get("newsmtsc", to=tmp_path)
    assert left(tmp_path) == ["train.raw"]
    assert server.asked == [None]
    datasets.get("newsmtsc", to=tmp_path)
    assert server.asked == [None]
    assert left(tmp_path) == ["train.csv"]


def test_force_fetches_even_what_an_earlier_call_left(server, tmp_path):
    (tmp_path / "train.raw").write_bytes(b"of another time")
    datasets.get("newsmtsc", to=tmp_path, force=True)
    assert server.asked == [None]
    assert (tmp_path / "train.csv").read_bytes() == READY


@pytest.mark.usefixtures("server")
def test_a_damaged_file_that_an_earlier_call_left_is_met_once(tmp_path):
    (tmp_path / "train.raw").write_bytes(RAW.replace(b"7", b"8"))
    with pytest.raises(InputError, match="it is damaged or another version"):
        datasets.get("newsmtsc", to=tmp_path)
    datasets.get("newsmtsc", to=tmp_path)
    assert left(tmp_path) == ["train.csv"]


def test_a_full_disk_is_said_with_what_is_kept(server, tmp_path, monkeypatch):
    def fills(_answer, file, *_, **__):
        file.write(b"x" * 1000)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(downloading, "_receive", fills)
    message = (
        r"part: cannot be written \(No space left on device\); 1,000 bytes are kept in .*; free some space and call"
    )
    with pytest.raises(OutputError, match=message):
        datasets.get("newsmtsc", to=tmp_path)
    assert len(server.asked) == 1


@pytest.mark.usefixtures("server")
def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"file.new: cannot be made \(Not a directory\); give another folder"):
        datasets.get("newsmtsc", to=tmp_path / "file" / "new")


@pytest.mark.parametrize("inside", ["train.csv", "folder/sets/train.jsonl", "sets/train.jsonl"])
def test_a_folder_gives_the_files_in_place_of_the_network(server, tmp_path, inside):
    given, to = tmp_path / "given", tmp_path / "to"
    (given / inside).parent.mkdir(parents=True)
    (given / inside).write_bytes(READY if inside.endswith("csv") else RAW)
    datasets.get("newsmtsc", to=to, source=given)
    assert (to / "train.csv").read_bytes() == READY
    assert server.asked == []


@pytest.mark.usefixtures("server")
def test_a_folder_without_the_files_is_told_what_it_should_hold(tmp_path):
    message = r"holds none of train\.csv, folder.sets.train\.jsonl, sets.train\.jsonl; --from takes"
    with pytest.raises(InputError, match=message):
        datasets.get("newsmtsc", to=tmp_path / "to", source=tmp_path)
    with pytest.raises(InputError, match="nowhere: no such folder; --from takes the folder that holds the files of"):
        datasets.get("newsmtsc", to=tmp_path / "to", source=tmp_path / "nowhere")


@pytest.mark.usefixtures("server")
def test_a_given_file_of_another_version_is_refused(tmp_path):
    (tmp_path / "train.csv").write_bytes(READY + b"more\n")
    with pytest.raises(InputError, match=r"train\.csv: as CSV its sha256 must be"):
        datasets.get("newsmtsc", to=tmp_path / "to", source=tmp_path)


@pytest.mark.parametrize("name", ["plover", "rusentne"])
def test_a_set_whose_published_form_is_not_enough_is_taken_from_a_folder_alone(name, tmp_path, monkeypatch):
    with pytest.raises(InputError, match=rf"^{name} cannot be fetched: .* with --from\. .*, licence "):
        datasets.get(name, to=tmp_path)
    data = b"id,text,target,start,end,label\n1,Arvonia fell.,Arvonia,0,7,neutral\n"
    source = replace(datasets.SOURCES[name], sums={"dev": sha256(data)})
    monkeypatch.setattr(getting, "SOURCES", {name: source})
    (tmp_path / "dev.csv").write_bytes(data)
    datasets.get(name, to=tmp_path / "to", source=tmp_path)
    assert left(tmp_path / "to") == ["dev.csv"]


def test_an_unknown_set_is_refused():
    with pytest.raises(InputError, match=r"the sets that can be got are .*, got 'conflict-news'"):
        datasets.get("conflict-news")


@pytest.mark.usefixtures("server")
def test_the_cache_is_where_it_goes_and_where_it_is_read_from(tmp_path, monkeypatch):
    monkeypatch.setattr(public, "cache_folder", lambda name: tmp_path / name)
    monkeypatch.setattr(getting, "cache_folder", lambda name: tmp_path / name)
    with pytest.raises(InputError, match="newsmtsc is not shipped: call `stancekit data get newsmtsc`, or"):
        datasets.load("newsmtsc")
    assert datasets.get("newsmtsc") == tmp_path / "newsmtsc"
    assert len(datasets.load("newsmtsc").stances) == 3000


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "line 1 is no JSON"),
        ("\n[1]", "line 2 must be a JSON object, got list"),
        ('{"id": "a"}', "line 1 lacks mention, from, to, sentence, polarity"),
        (json.dumps(RECORD | {"polarity": 4.0}), "line 1: polarity must be 1, 0 or -1, got 4.0"),
    ],
)
def test_lines_that_are_not_of_newsmtsc_are_refused(text, message):
    with pytest.raises(InputError, match=f"x.jsonl: {message}"):
        converting.CONVERTERS["newsmtsc"](Path("x.jsonl"), text.encode())


def test_a_separator_within_a_sentence_ends_no_record():
    line = json.dumps(RECORD | {"sentence": "Arvonia\u2028fell\x85."}, ensure_ascii=False)
    rows = converting.CONVERTERS["newsmtsc"](Path("x"), f"{line}\n".encode()).decode()
    assert next(csv.DictReader(io.StringIO(rows, newline="")))["text"] == "Arvonia\u2028fell\x85."


def test_of_the_messages_the_news_are_kept_each_text_once():
    header = ["id", "split", "message", "genre", "related", *converting.FLAGS]
    flags = ["1", *["0"] * (len(converting.FLAGS) - 1)]
    rows = [["1", "x", "Help us", "direct", "1", *flags]]
    rows += [[str(number), "x", text, "news", "1", *flags] for number, text in ((2, "Rain, rain"), (2, "Rain, rain"))]
    data = "".join(",".join(f'"{cell}"' for cell in row) + "\r\n" for row in [header, *rows])
    found = converting.CONVERTERS["disaster_response"](Path("x.csv"), data.encode()).decode()
    assert found.splitlines()[1:] == ['2,"Rain, rain",' + ",".join(flags)]
    with pytest.raises(InputError, match=r"x\.csv: the columns message, genre, .* are missing"):
        converting.CONVERTERS["disaster_response"](Path("x.csv"), b"id,text\n1,a\n")


@pytest.mark.parametrize("split", ["train", "dev_mt", "dev_rw"])
def test_the_published_newsmtsc_becomes_the_pinned_file(split):
    path = PUBLIC / "newsmtsc" / f"{split}.csv"
    if not path.is_file():
        pytest.skip("the files of newsmtsc are not there; they are tested where ../shared/data holds them")
    code = {label: number for number, label in converting.POLARITY.items()}
    with path.open(newline="", encoding="utf-8") as file:
        records = [
            {"mention": row["target"], "polarity": code[row["label"]], "from": int(row["start"]), "to": int(row["end"])}
            | {"sentence": row["text"], "id": row["id"]}
            for row in csv.DictReader(file)
        ]
    raw = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    # So many characters the published file has.
    assert len(raw) == {"train": 2_506_388, "dev_mt": 136_179, "dev_rw": 99_078}[split]
    ready = converting.CONVERTERS["newsmtsc"](Path(split), raw.encode())
    assert sha256(ready) == datasets.SOURCES["newsmtsc"].sums[split]


def test_every_published_file_is_pinned_by_a_whole_commit():
    for source in datasets.SOURCES.values():
        assert source.published == {} or set(source.published) == set(source.sums)
        for where in source.published.values():
            owner, repository, commit, *inside = where.split("/")
            assert owner
            assert repository
            assert len(commit) == 40
            assert int(commit, 16)
            assert inside


@pytest.mark.usefixtures("server")
def test_the_command_says_where_the_files_are_and_under_which_licence(tmp_path):
    result = CliRunner().invoke(main, ["data", "get", "newsmtsc", "--to", str(tmp_path)])
    assert result.exit_code == 0
    assert result.stdout == (
        f"newsmtsc in {tmp_path}: train.csv; every sha256 is the pinned one. NewsMTSC, licence MIT\n"
    )
    assert "100%" in result.stderr
    quiet = CliRunner().invoke(main, ["data", "get", "newsmtsc", "--to", str(tmp_path), "--force", "--quiet"])
    assert (quiet.exit_code, quiet.stderr) == (0, "")


def test_the_command_fails_with_one_line(server, tmp_path):
    server.fails = [404]
    result = CliRunner().invoke(main, ["data", "get", "newsmtsc", "--to", str(tmp_path)])
    assert result.exit_code == 2
    assert result.stderr.startswith("stancekit: http://127.0.0.1")
    assert result.stderr.count("\n") == 1


def test_ctrl_c_keeps_what_is_there_and_the_same_call_goes_on(server, tmp_path):
    server.slow = 0.1
    program = (
        "from dataclasses import replace; import sys\n"
        "from stancekit import datasets; from stancekit.cli import main; from stancekit.datasets import getting\n"
        f"source = replace(datasets.SOURCES['newsmtsc'], sums={{'train': {sha256(READY)!r}}},"
        f" published={{'train': {PUBLISHED!r}}})\n"
        "getting.SOURCES = datasets.SOURCES = {'newsmtsc': source}\n"
        f"getting.HOST = 'http://127.0.0.1:{server.server_port}'\n"
        f"main(['data', 'get', 'newsmtsc', '--to', {str(tmp_path)!r}])\n"
    )
    child = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True)
    part = tmp_path / "train.raw.part"
    deadline = time.monotonic() + 60
    while not (part.is_file() and part.stat().st_size) and time.monotonic() < deadline:
        time.sleep(0.02)
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=60)
    assert child.returncode == 130
    assert said.splitlines()[-1] == "stancekit: stopped; the same call goes on with what is kept of the file"
    assert 0 < part.stat().st_size < len(RAW)
    assert RAW.startswith(part.read_bytes())
    server.slow = 0.0
    datasets.get("newsmtsc", to=tmp_path)
    assert left(tmp_path) == ["train.csv"]
