"""Several things at once: in order, a thread each, and torch afterwards as it was."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, get_ident

import pytest
import torch

from seqkit.tasks.side_by_side import side_by_side


@pytest.fixture
def threads():
    before = torch.get_num_threads()
    yield torch.set_num_threads
    torch.set_num_threads(before)


def torch_threads(_=None):
    return torch.get_num_threads()


@pytest.mark.parametrize("count", [1, 3])
def test_results_keep_their_order(threads, count):
    threads(count)
    assert side_by_side(lambda n: n * n, range(20)) == [n * n for n in range(20)]
    assert side_by_side(lambda n: n, []) == []


def test_so_many_work_at_once_as_torch_has_threads(threads):
    threads(3)
    meeting = Barrier(3, timeout=60)

    def meet(_):
        meeting.wait()
        return get_ident()

    assert len(set(side_by_side(meet, range(3)))) == 3


def test_torch_uses_one_thread_inside_and_as_many_as_before_after(threads):
    threads(3)
    assert side_by_side(torch_threads, range(5)) == [1] * 5
    assert torch_threads() == 3
    with ThreadPoolExecutor(1) as fresh:
        assert fresh.submit(torch_threads).result() == 3


def test_an_error_is_passed_on_and_changes_nothing(threads):
    threads(2)
    with pytest.raises(ZeroDivisionError):
        side_by_side(lambda n: 1 // n, [1, 0])
    assert torch_threads() == 2


def test_one_thread_is_the_one_that_asks(threads):
    threads(1)
    assert side_by_side(lambda _: get_ident(), range(3)) == [get_ident()] * 3
